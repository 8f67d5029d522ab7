"""A small town for tests: easy numbers, real constraints.

The municipality is the square 23.50–23.60 E, 41.05–41.15 N. The line 23.55 E parts the units West (A) and East (B),
the line 41.10 N parts each into a south and a north community. To the east lies the neighbour «Εμμανουήλ Παππά».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, TypeVar

from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.accounts.service import hash_password
from app.categories.models import Category, CategoryGroup, PublishPolicy
from app.crews.models import Crew, Membership, Trade, Vehicle, crew_area
from app.dispatch.models import JobPlanStep
from app.geo.models import Area, AreaKind, Asset, Place
from app.geo.shapes import to_wkb

PASSWORD = "μια-ωραία-μέρα-στις-Σέρρες"
_HASH = hash_password(PASSWORD)

#: A spot well inside West, south; 9 in the morning of a Monday in Serres (07:00 UTC, winter time).
SPOT = Point(23.52, 41.07)
MONDAY = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


Row = TypeVar("Row")


@dataclass
class Town:
    """The people and things tests speak about."""

    nikos: User
    maria: User
    head: User
    admin: User
    thanasis: User
    sofia: User
    metalwork: Crew
    carpentry: Crew
    areas: dict[str, Area]
    categories: dict[str, Category]
    trades: dict[str, Trade]


def _area(kind: AreaKind, code: str, el: str, en: str, parent: Area | None, edges: tuple[float, ...]) -> Area:
    outline = MultiPolygon([box(edges[0], edges[1], edges[2], edges[3])])
    return Area(
        kind=kind, code=code, name_el=el, name_en=en, parent_id=parent.id if parent else None, outline=to_wkb(outline)
    )


def build(session: Session) -> Town:
    """Add the town to the session and flush it."""

    def add(thing: Row) -> Row:
        session.add(thing)
        session.flush()
        return thing

    k = AreaKind
    town = add(
        _area(k.MUNICIPALITY, "9054", "Δήμος Σερρών", "Municipality of Serres", None, (23.50, 41.05, 23.60, 41.15))
    )
    west = add(_area(k.UNIT, "905401", "Δ.Ε. Δυτική", "Unit West", town, (23.50, 41.05, 23.55, 41.15)))
    east = add(_area(k.UNIT, "905402", "Δ.Ε. Ανατολική", "Unit East", town, (23.55, 41.05, 23.60, 41.15)))
    areas = [town, west, east]
    for unit, x in ((west, 23.50), (east, 23.55)):
        for part, y, el, en in (("01", 41.05, "Νότια", "South"), ("02", 41.10, "Βόρεια", "North")):
            edges = (x, y, round(x + 0.05, 2), round(y + 0.05, 2))
            name_el, name_en = f"Κοινότητα {el} {unit.code[-1]}", f"Community {en} {unit.code[-1]}"
            areas.append(add(_area(k.COMMUNITY, unit.code + part, name_el, name_en, unit, edges)))
    neighbour = _area(
        k.NEIGHBOUR,
        "9056",
        "Δήμος Εμμανουήλ Παππά",
        "Municipality of Emmanouil Pappas",
        None,
        (23.60, 41.0, 23.70, 41.2),
    )
    neighbour.contact_phone = "2321 000001"
    areas.append(add(neighbour))
    place = Place(code="leykonas", kind="village", name_el="Λευκώνας", name_en="Lefkonas", location=to_wkb(SPOT))
    add(place)
    pole = Point(23.5201, 41.0701)
    add(
        Asset(
            kind="light_pole", code="Φ-0001", name_el="Φωτιστικό Φ-0001", name_en="Pole F-0001", location=to_wkb(pole)
        )
    )
    trades = {
        code: add(Trade(code=code, name_el=el, name_en=en))
        for code, el, en in (
            ("carpentry", "Ξυλουργός", "Carpenter"),
            ("painting", "Βαφέας", "Painter"),
            ("metalwork", "Σιδεράς", "Metalworker"),
            ("electrical", "Ηλεκτρολόγος", "Electrician"),
        )
    }
    crews = []
    for code, el, skills, covered, base in (
        ("metal", "Συνεργείο Θανάση", ("metalwork", "electrical"), (west, east), Point(23.53, 41.08)),
        ("wood", "Συνεργείο Σοφίας", ("carpentry", "painting"), (east,), Point(23.58, 41.12)),
    ):
        crew = Crew(
            code=code,
            name_el=el,
            name_en=f"Crew {code}",
            base=to_wkb(base),
            shift_start=time(7),
            shift_end=time(15),
            shift_days=[1, 2, 3, 4, 5, 6, 7],  # tests run on Sundays and at Easter, too
            works_on_holidays=True,
            trades=[trades[skill] for skill in skills],
        )
        crews.append(add(crew))
        session.execute(crew_area.insert(), [{"crew_id": crew.id, "area_id": area.id} for area in covered])
        add(Vehicle(plate=f"ΚΗΙ-{crew.id:04}", name="Διπλοκάμπινο", crew_id=crew.id))
    people: dict[str, Any] = {}
    for name, role in (
        ("nikos", Role.DISPATCHER),
        ("maria", Role.DISPATCHER),
        ("head", Role.HEAD),
        ("admin", Role.ADMIN),
        ("thanasis", Role.CREW),
        ("sofia", Role.CREW),
    ):
        people[name] = add(User(email=f"{name}@example.gr", name=name.capitalize(), role=role, password_hash=_HASH))
    add(Membership(user_id=people["thanasis"].id, crew_id=crews[0].id))
    add(Membership(user_id=people["sofia"].id, crew_id=crews[1].id))
    categories = _categories(session, trades)
    return Town(
        **people,
        metalwork=crews[0],
        carpentry=crews[1],
        areas={area.code: area for area in areas},
        categories=categories,
        trades=trades,
    )


def _categories(session: Session, trades: dict[str, Trade]) -> dict[str, Category]:
    group = CategoryGroup(code="roads", name_el="Δρόμοι", name_en="Roads", position=1)
    parks = CategoryGroup(code="parks", name_el="Πλατείες και πάρκα", name_en="Squares and parks", position=2)
    lights = CategoryGroup(code="lights", name_el="Φωτισμός", name_en="Lighting", position=3)
    session.add_all([group, parks, lights])
    depth = {
        "code": "depth",
        "datatype": "number",
        "required": False,
        "text_el": "Βάθος (εκ.);",
        "text_en": "Depth (cm)?",
    }
    kind = {
        "code": "material",
        "datatype": "singlevaluelist",
        "required": True,
        "text_el": "Από τι είναι;",
        "text_en": "What is it made of?",
        "values": [{"key": "wood", "el": "Ξύλο", "en": "Wood"}, {"key": "metal", "el": "Μέταλλο", "en": "Metal"}],
    }
    made = {
        "pothole": Category(
            code="pothole", name_el="Λακκούβα", name_en="Pothole", group=group, target_days=5, questions=[depth],
            publish_policy=PublishPolicy.AT_ONCE, icon="pothole",
        ),
        "bench": Category(
            code="bench", name_el="Παγκάκι", name_en="Bench", group=parks, target_days=10, questions=[], icon="bench",
        ),
        "fence": Category(
            code="fence", name_el="Κάγκελο ή φράχτης", name_en="Railing or fence", group=parks, target_days=10,
            questions=[kind], icon="fence",
        ),
        "light": Category(
            code="light", name_el="Σβηστό φως", name_en="Street light out", group=lights, target_days=3, questions=[],
            asset_kind="light_pole", icon="light",
        ),
    }  # fmt: skip
    session.add_all(made.values())
    session.flush()
    for code, plan in {
        "pothole": ("metalwork",),
        "bench": ("metalwork", "carpentry", "painting"),
        "fence": ("metalwork",),
        "light": ("electrical",),
    }.items():
        for position, trade in enumerate(plan, 1):
            session.add(
                JobPlanStep(
                    category_id=made[code].id, position=position, trade_id=trades[trade].id, estimate_min=30 * position
                )
            )
    session.flush()
    return made
