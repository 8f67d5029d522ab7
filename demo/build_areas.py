"""Draw the areas of the demo town and write `areas.geojson`.

The outlines are our own approximation: a few dozen hand-placed points per border, kept as arcs that two
areas share, so that units tile the municipality and neighbours touch it without gap or overlap. The
communities are the nearest-seat cells inside each unit. Run `python -m demo.build_areas`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, mapping, shape
from shapely.ops import polygonize

HERE: Final = Path(__file__).parent
GRID: Final = 1e-6
SHRINK: Final = math.cos(math.radians(41.1))  # a degree of longitude, measured in degrees of latitude

Coord = tuple[float, float]
Arc = tuple[Coord, ...]

# Points where three or more areas meet.
J: Final = (23.394, 41.094)
A: Final = (23.497, 41.170)
N1: Final = (23.476, 41.208)
B: Final = (23.532, 41.228)
C: Final = (23.568, 41.240)
D: Final = (23.623, 41.265)
E: Final = (23.638, 41.280)
N2: Final = (23.656, 41.314)
G: Final = (23.705, 41.226)
N3: Final = (23.729, 41.217)
N4: Final = (23.736, 41.188)
H: Final = (23.550, 41.022)
N5: Final = (23.578, 40.957)
N6: Final = (23.406, 41.019)
I: Final = (23.400, 41.030)  # noqa: E741
K: Final = (23.519, 41.167)
L: Final = (23.494, 41.075)
M: Final = (23.499, 41.046)
# Points where two neighbours part, away from the municipality.
P1: Final = (23.150, 41.210)
P2: Final = (23.298, 40.952)
P3: Final = (23.739, 40.933)
P4: Final = (23.828, 41.105)
P5: Final = (24.080, 41.260)
P6: Final = (23.640, 41.375)

ARCS: Final[tuple[Arc, ...]] = (
    # the municipality's border, clockwise from the west
    (J, (23.396, 41.109), (23.415, 41.120), (23.435, 41.117), (23.449, 41.129), (23.463, 41.141),
     (23.472, 41.149), (23.495, 41.153), A),
    (A, (23.497, 41.180), (23.470, 41.180), (23.473, 41.195), N1),
    (N1, (23.500, 41.219), (23.516, 41.227), B),
    (B, (23.545, 41.235), C),
    (C, (23.555, 41.245), (23.547, 41.258), (23.572, 41.264), (23.572, 41.278), (23.588, 41.281),
     (23.603, 41.274), (23.609, 41.266), D),
    (D, (23.631, 41.271), E),
    (E, (23.642, 41.294), N2),
    (N2, (23.668, 41.316), (23.687, 41.315), (23.708, 41.313), (23.716, 41.302), (23.721, 41.291),
     (23.718, 41.283), (23.707, 41.280), (23.702, 41.265), (23.701, 41.249), (23.711, 41.238), G),
    (G, N3),
    (N3, (23.722, 41.206), (23.723, 41.193), N4),
    (N4, (23.726, 41.180), (23.724, 41.172), (23.706, 41.166), (23.688, 41.160), (23.681, 41.143),
     (23.674, 41.131), (23.671, 41.110), (23.660, 41.108), (23.655, 41.098), (23.622, 41.096),
     (23.608, 41.087), (23.590, 41.090), (23.585, 41.080), (23.579, 41.070), (23.582, 41.060),
     (23.571, 41.047), (23.551, 41.038), H),
    (H, (23.561, 41.008), (23.569, 41.003), (23.566, 40.990), (23.564, 40.973), (23.578, 40.971), N5),
    (N5, (23.545, 40.960), (23.512, 40.961), (23.511, 40.965), (23.478, 40.962), (23.466, 40.977),
     (23.457, 40.990), (23.456, 41.000), (23.437, 41.009), (23.424, 41.004), (23.411, 41.011), N6),
    (N6, I),
    (I, (23.388, 41.028), (23.380, 41.040), (23.360, 41.040), (23.326, 41.060), (23.313, 41.069),
     (23.300, 41.081), (23.318, 41.097), (23.321, 41.113), (23.333, 41.129), (23.353, 41.124),
     (23.359, 41.097), (23.370, 41.090), (23.381, 41.093), J),
    # between the units
    (J, (23.400, 41.085), (23.410, 41.075), (23.434, 41.083), (23.456, 41.090), (23.480, 41.078), L),
    (L, (23.503, 41.082), (23.511, 41.091), (23.506, 41.097), (23.508, 41.110), (23.505, 41.135),
     (23.517, 41.155), K),
    (A, (23.508, 41.168), K),
    (K, (23.522, 41.188), (23.514, 41.190), (23.519, 41.203), (23.531, 41.216), B),
    (C, (23.567, 41.215), (23.559, 41.192), (23.547, 41.171), (23.554, 41.173), (23.566, 41.169),
     (23.574, 41.163), (23.583, 41.162), (23.592, 41.174), (23.604, 41.181), (23.606, 41.192),
     (23.617, 41.215), (23.622, 41.232), (23.620, 41.250), D),
    (E, (23.649, 41.277), (23.659, 41.260), (23.660, 41.245), (23.668, 41.230), (23.670, 41.218),
     (23.684, 41.218), G),
    (L, (23.492, 41.050), M),
    (I, (23.410, 41.041), (23.428, 41.045), (23.440, 41.040), (23.455, 41.043), (23.475, 41.030),
     (23.489, 41.042), M),
    (M, (23.515, 41.041), (23.535, 41.032), H),
    # between the neighbours
    (P6, (23.633, 41.340), (23.632, 41.323), N2),
    (P1, (23.190, 41.222), (23.232, 41.212), (23.291, 41.251), (23.331, 41.239), (23.333, 41.193),
     (23.348, 41.175), (23.381, 41.150), (23.408, 41.158), (23.422, 41.185), (23.454, 41.195), N1),
    (P2, (23.310, 40.985), (23.330, 41.005), (23.350, 41.017), (23.380, 41.015), N6),
    (P3, (23.700, 40.942), (23.634, 40.962), (23.634, 40.948), (23.594, 40.949), (23.593, 40.961), N5),
    (P4, (23.802, 41.142), (23.784, 41.167), (23.749, 41.193), N4),
    (P5, (23.980, 41.303), (23.900, 41.290), (23.850, 41.276), (23.800, 41.270), (23.776, 41.250),
     (23.757, 41.236), N3),
    # the neighbours' far sides
    (P6, (23.520, 41.400), (23.400, 41.402), (23.330, 41.386), (23.200, 41.335), (23.050, 41.322),
     (22.930, 41.340), (22.880, 41.300), (22.870, 41.270), (22.950, 41.220), (23.050, 41.195), P1),
    (P1, (23.130, 41.160), (23.127, 41.110), (23.160, 41.070), (23.220, 41.052), (23.242, 41.043),
     (23.252, 41.021), (23.242, 41.000), (23.260, 40.953), (23.277, 40.946), P2),
    (P2, (23.335, 40.930), (23.357, 40.905), (23.400, 40.840), (23.500, 40.790), (23.600, 40.775),
     (23.700, 40.800), (23.780, 40.840), (23.844, 40.880), (23.800, 40.912), (23.765, 40.934), P3),
    (P3, (23.739, 40.955), (23.724, 40.970), (23.738, 40.994), (23.730, 41.027), (23.760, 41.044),
     (23.765, 41.064), (23.800, 41.080), P4),
    (P4, (23.840, 41.050), (23.900, 41.020), (23.970, 41.013), (24.020, 41.060), (24.080, 41.100),
     (24.119, 41.160), (24.105, 41.220), P5),
    (P5, (24.150, 41.300), (24.215, 41.350), (24.200, 41.420), (24.150, 41.500), (24.060, 41.540),
     (23.950, 41.462), (23.900, 41.448), (23.800, 41.402), (23.700, 41.410), P6),
)  # fmt: skip

Row = dict[str, str]
MUNICIPALITY: Final[dict[str, Any]] = {
    "code": "9054",
    "name_el": "Δήμος Σερρών",
    "name_en": "Municipality of Serres",
    "population": 74000,
    "contact_phone": "2321 000000",
    "contact_url": "https://serres.example/",
}
# code, Greek, English, points inside (one per part)
UNITS: Final[tuple[tuple[str, str, str, tuple[Coord, ...]], ...]] = (
    ("905401", "Δημοτική Ενότητα Άνω Βροντούς", "Municipal Unit of Ano Vrontou", ((23.687, 41.295),)),
    (
        "905402",
        "Δημοτική Ενότητα Καπετάν Μητρουσίου",
        "Municipal Unit of Kapetan Mitrousi",
        ((23.39, 41.068),),
    ),
    ("905403", "Δημοτική Ενότητα Λευκώνα", "Municipal Unit of Lefkonas", ((23.47, 41.12),)),
    (
        "905404",
        "Δημοτική Ενότητα Ορεινής",
        "Municipal Unit of Oreini",
        ((23.592, 41.22), (23.505, 41.2)),
    ),
    ("905405", "Δημοτική Ενότητα Σερρών", "Municipal Unit of Serres", ((23.5484, 41.0856),)),
    ("905406", "Δημοτική Ενότητα Σκουτάρεως", "Municipal Unit of Skoutari", ((23.5, 41.0),)),
)
# code, Greek, English, seat and other settlements
COMMUNITIES: Final[tuple[tuple[str, str, str, tuple[Coord, ...]], ...]] = (
    ("90540101", "Άνω Βροντούς", "Ano Vrontou", ((23.687, 41.295),)),
    ("90540201", "Μητρουσίου", "Mitrousi", ((23.461, 41.07), (23.457, 41.058))),
    ("90540202", "Αναγεννήσεως", "Anagennisi", ((23.333, 41.11),)),
    ("90540203", "Άνω Καμήλας", "Ano Kamila", ((23.424, 41.057),)),
    ("90540204", "Βαμβακιάς", "Vamvakia", ((23.346, 41.084),)),
    ("90540205", "Μονοκκλησιάς", "Monokklisia", ((23.4, 41.055),)),
    ("90540206", "Προβατά", "Provatas", ((23.39, 41.07),)),
    ("90540301", "Λευκώνα", "Lefkonas", ((23.497, 41.1), (23.493, 41.13))),
    ("90540302", "Καλών Δένδρων", "Kala Dendra", ((23.424, 41.099),)),
    ("90540303", "Χριστού", "Kato Christos", ((23.462, 41.12), (23.478, 41.146))),
    ("90540401", "Ορεινής", "Oreini", ((23.592, 41.195),)),
    (
        "90540501",
        "Σερρών",
        "Serres",
        ((23.548, 41.085), (23.525, 41.126), (23.555, 41.052), (23.546, 41.195), (23.563, 41.222),
         (23.58, 41.1), (23.57, 41.115), (23.53, 41.105)),
    ),
    ("90540502", "Ελαιώνος", "Elaionas",
     ((23.582, 41.141), (23.56, 41.162), (23.612, 41.159), (23.63, 41.23))),
    ("90540503", "Επταμύλων", "Eptamyloi", ((23.592, 41.103), (23.6, 41.115))),
    ("90540504", "Οινούσσας (Χιονοχωρίου)", "Oinoussa", ((23.626, 41.102), (23.652, 41.123), (23.68, 41.18))),
    ("90540601", "Σκουτάρεως", "Skoutari", ((23.52, 41.019),)),
    ("90540602", "Αγίας Ελένης", "Agia Eleni", ((23.558, 41.001),)),
    ("90540603", "Αδελφικού", "Adelfiko", ((23.458, 41.014),)),
    ("90540604", "Βαμβακούσσης", "Vamvakoussa", ((23.488, 40.995),)),
    ("90540605", "Κάτω Καμήλας", "Kato Kamila", ((23.483, 41.021),)),
    ("90540606", "Κουβουκλίων", "Kouvouklia", ((23.474, 41.006),)),
    ("90540607", "Κουμαριάς", "Koumaria", ((23.435, 41.016),)),
    ("90540608", "Κωνσταντινάτου", "Konstantinato", ((23.542, 41.018),)),
    ("90540609", "Πεπονιάς", "Peponia", ((23.515, 40.987),)),
)  # fmt: skip
MUNICIPAL_COMMUNITIES: Final = {"90540201", "90540301", "90540501", "90540601"}
# code, Greek, English, point inside, telephone
NEIGHBOURS: Final[tuple[tuple[str, str, str, Coord, str, str], ...]] = (
    ("9003", "Δήμος Κάτω Νευροκοπίου", "Municipality of Kato Nevrokopi", (23.9, 41.38), "2523 000000",
     "https://kato-nevrokopi.example/"),
    ("9005", "Δήμος Προσοτσάνης", "Municipality of Prosotsani", (23.92, 41.16), "2522 000000",
     "https://prosotsani.example/"),
    ("9050", "Δήμος Βισαλτίας", "Municipality of Visaltia", (23.58, 40.89), "2322 000000",
     "https://visaltia.example/"),
    ("9051", "Δήμος Εμμανουήλ Παππά", "Municipality of Emmanouil Pappas", (23.67, 41.06), "2321 000051",
     "https://emmanouil-pappas.example/"),
    ("9052", "Δήμος Ηράκλειας", "Municipality of Irakleia", (23.26, 41.1), "2325 000000",
     "https://irakleia.example/"),
    ("9055", "Δήμος Σιντικής", "Municipality of Sintiki", (23.23, 41.27), "2323 000000",
     "https://sintiki.example/"),
)  # fmt: skip


def _containing(faces: list[Polygon], inside: Coord) -> Polygon:
    """The one face that holds the point."""
    (containing,) = [face for face in faces if face.contains(Point(inside))]
    return containing


def _cell_edges(units: dict[str, list[Polygon]]) -> list[LineString]:
    """The nearest-seat borders inside every unit."""
    edges: list[LineString] = []
    for code, parts in units.items():
        seats = [(row[0], at) for row in COMMUNITIES if row[0].startswith(code) for at in row[3]]
        if len({community for community, _ in seats}) == 1:
            continue
        flat = MultiPoint([(x * SHRINK, y) for _, (x, y) in seats])
        cells = [
            shapely.transform(cell, lambda xy: xy / (SHRINK, 1.0))
            for cell in shapely.voronoi_polygons(flat, extend_to=shapely.box(17, 40, 19, 42)).geoms
        ]
        owner = {
            community: shapely.union_all(
                [cell for cell in cells if any(cell.contains(Point(at)) for c, at in seats if c == community)]
            )
            for community, _ in seats
        }
        for part in parts:
            for cell in owner.values():
                cut = shapely.intersection(cell.boundary, part)
                edges += [g for g in getattr(cut, "geoms", [cut]) if isinstance(g, LineString)]
    return edges


def _outline(faces: list[Polygon]) -> Polygon | MultiPolygon:
    """Faces of one area put together, every shared vertex kept, the outer ring against the clock."""
    union = shapely.coverage_union_all(faces)
    merged = union.geoms[0] if isinstance(union, MultiPolygon) and len(union.geoms) == 1 else union
    turned = shapely.orient_polygons(merged)
    assert isinstance(turned, Polygon | MultiPolygon)
    return turned


def _feature(geometry: Polygon | MultiPolygon, **properties: Any) -> dict[str, Any]:
    rounded = shapely.transform(geometry, lambda xy: xy.round(6))
    return {"type": "Feature", "properties": properties, "geometry": mapping(rounded)}


def build() -> dict[str, Any]:
    """The whole collection: municipality, units, communities, neighbours."""
    arcs = [LineString(arc) for arc in ARCS]
    coarse = list(polygonize(shapely.get_parts(shapely.unary_union(arcs, grid_size=GRID)).tolist()))
    units = {code: [_containing(coarse, at) for at in inside] for code, _, _, inside in UNITS}
    lines = [*arcs, *_cell_edges(units)]
    fine = list(polygonize(shapely.get_parts(shapely.unary_union(lines, grid_size=GRID)).tolist()))

    of_unit = {
        code: [face for face in fine for part in parts if part.contains(face.representative_point())]
        for code, parts in units.items()
    }

    def nearest(face: Polygon, unit: str) -> str:
        at = face.representative_point()
        return min(
            (math.hypot((x - at.x) * SHRINK, y - at.y), row[0])
            for row in COMMUNITIES
            if row[0].startswith(unit)
            for x, y in row[3]
        )[1]

    of_community: dict[str, list[Polygon]] = {}
    for unit, faces in of_unit.items():
        for face in faces:
            of_community.setdefault(nearest(face, unit), []).append(face)

    features = [
        _feature(
            _outline([face for faces in of_unit.values() for face in faces]),
            kind="municipality",
            parent=None,
            approximate=True,
            **MUNICIPALITY,
        )
    ]
    empty = {"contact_phone": None, "contact_url": None}
    for code, name_el, name_en, _ in UNITS:
        features.append(
            _feature(
                _outline(of_unit[code]),
                kind="unit",
                code=code,
                name_el=name_el,
                name_en=name_en,
                parent="9054",
                approximate=True,
                **empty,
            )
        )
    for code, name_el, name_en, _ in COMMUNITIES:
        municipal = code in MUNICIPAL_COMMUNITIES
        features.append(
            _feature(
                _outline(of_community[code]),
                kind="community",
                code=code,
                name_el=("Δημοτική" if municipal else "Τοπική") + f" Κοινότητα {name_el}",
                name_en=("Municipal" if municipal else "Local") + f" Community of {name_en}",
                parent=code[:6],
                approximate=True,
                **empty,
            )
        )
    for code, name_el, name_en, inside, phone, url in NEIGHBOURS:
        features.append(
            _feature(
                _outline([_containing(fine, inside)]),
                kind="neighbour",
                code=code,
                name_el=name_el,
                name_en=name_en,
                parent=None,
                approximate=True,
                contact_phone=phone,
                contact_url=url,
            )
        )
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    collection = build()
    assert all(shape(feature["geometry"]).is_valid for feature in collection["features"])
    rows = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in collection["features"])
    text = '{"type": "FeatureCollection", "features": [\n' + rows + "\n]}\n"
    (HERE / "areas.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
