"""The demo town that ships with the product: our own, hand-drawn and approximate.

The JSON and GeoJSON files beside this module are the content; `build_areas` and `build_assets`
rebuild the drawn geometry, `draw` paints the demo photos.
"""
