"""The demo town that comes with the product: our own, hand-drawn and approximate, with people who do not exist.

The JSON and GeoJSON files are the content; `build_areas` and `build_assets` rebuild the drawn geometry, and
`drawing` paints the photos. `app/cli/demo_town.py` loads it.
"""
