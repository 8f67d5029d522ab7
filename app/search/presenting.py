"""Reports and clusters as GeoJSON."""

from __future__ import annotations

from typing import Any

from app.language import localized
from app.reports.lifecycle import STATUS_LABELS
from app.search.cluster_queries import Cluster


def feature(body: dict[str, Any]) -> dict[str, Any]:
    """The same report as a GeoJSON Feature."""
    properties = {key: value for key, value in body.items() if key != "location"}
    return {
        "type": "Feature",
        "id": body["reference"],
        "geometry": body["location"],
        "properties": properties,
    }


#: Six decimals are a decimetre.
_MARK_DECIMALS = 6


def cluster(mark: Cluster) -> dict[str, Any]:
    """A mark of the map as a GeoJSON Feature, named in the reader's language when it is one report."""
    properties: dict[str, Any] = {"count": mark.count, "open": mark.open}
    if mark.reference and mark.status and mark.category:
        properties |= {
            "reference": mark.reference,
            "status": mark.status.value,
            "category": mark.category["code"],
            "label": f"{localized(mark.category)}, {STATUS_LABELS[mark.status]}",
        }
    return {
        "type": "Feature",
        "bbox": [round(degrees, _MARK_DECIMALS) for degrees in mark.box],
        "geometry": {
            "type": "Point",
            "coordinates": [round(mark.lon, _MARK_DECIMALS), round(mark.lat, _MARK_DECIMALS)],
        },
        "properties": properties,
    }
