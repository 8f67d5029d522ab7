"""``flask demo load``: the demo town on an empty database, so that every screen has something true to show."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from shapely.geometry import Point, shape
from shapely.geometry.multipolygon import MultiPolygon
from shapely.geometry.polygon import Polygon
from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.service import hash_password, issue_token
from app.calendar import local_day
from app.categories import pace
from app.categories.models import Category, CategoryGroup, PublishPolicy, Referral
from app.crews.models import Crew, Membership, Trade, Vehicle, crew_area
from app.dispatch import queries as dispatch_queries
from app.dispatch import service as dispatch
from app.dispatch.models import JobPlanStep
from app.extensions import db, now, unit_of_work
from app.geo.models import Area, AreaKind, Asset, Place
from app.geo.shapes import point, to_wkb
from app.importing import ground
from app.media import service as media
from app.media.models import Photo
from app.moderation import blocks
from app.moderation.models import BlockedKind, FlagReason
from app.reports import aftercare, submission
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, Source
from app.reports.row_queries import report_by_reference
from config import ROOT
from demo.drawing import draw

#: Marks the demo's reports, so that none is loaded twice.
ORIGIN = "demo"
CONTENT = ROOT / "demo"

group = AppGroup("demo")


def _content(name: str) -> Any:
    return json.loads((CONTENT / name).read_text())


@group.command("load")
@click.option("--base-url", default="http://127.0.0.1:8000", help="Address written to demo.json.")
def load(base_url: str) -> None:
    """Load the demo town on an empty database, and write its logins to DATA_DIR/demo.json."""
    look_after_demo(base_url)


def look_after_demo(base_url: str) -> None:
    """Load what is missing of the demo town, unless a real one is there, and write its logins."""
    if db.session.scalar(select(Area.id).limit(1)) is None:
        with unit_of_work():
            click.echo("Demo town: areas, places, assets, categories, crews and accounts …")
            load_map()
            load_office()
    if db.session.scalar(select(User.id).where(User.demo).limit(1)) is not None:
        load_reports()
        with unit_of_work():
            pace.measure(now())
    write_logins(Path(current_app.config["DATA_DIR"]) / "demo.json", base_url)


def load_map() -> None:
    """Areas (parents first), places and assets."""
    ids: dict[str, int] = {}
    features = _content("areas.geojson")["features"]
    for kind in AreaKind:
        for feature in features:
            properties = feature["properties"]
            if properties["kind"] != kind:
                continue
            outline = shape(feature["geometry"])
            area = Area(
                kind=kind,
                code=properties["code"],
                name_el=properties["name_el"],
                name_en=properties["name_en"],
                parent_id=ids.get(properties["parent"]),
                outline=to_wkb(MultiPolygon([outline]) if isinstance(outline, Polygon) else outline),
                approximate=True,
                contact_phone=properties.get("contact_phone"),
                contact_url=properties.get("contact_url"),
            )
            db.session.add(area)
            db.session.flush()
            ids[area.code] = area.id
    for number, feature in enumerate(_content("places.geojson")["features"]):
        properties = feature["properties"]
        db.session.add(
            Place(
                code=f"demo-{number}",
                kind=properties["kind"],
                name_el=properties["name_el"],
                name_en=properties["name_en"],
                population=properties.get("population"),
                location=to_wkb(shape(feature["geometry"])),
            )
        )
    db.session.flush()
    ground.import_osm(
        CONTENT / "ground.osm.bz2",
        data_dir=Path(current_app.config["DATA_DIR"]),
        latin_names=False,
        attribution="",
        approximate=True,
    )
    for feature in _content("assets.geojson")["features"]:
        properties = feature["properties"]
        db.session.add(
            Asset(
                kind=properties["kind"],
                code=properties["code"],
                name_el=properties["name_el"],
                name_en=properties["name_en"],
                attributes=properties["attributes"],
                location=to_wkb(shape(feature["geometry"])),
            )
        )


def load_office() -> None:
    """Trades, crews, vehicles, accounts, categories and their job plans."""
    content = _content("crews.json")
    trades = {
        entry["code"]: Trade(**{key: entry[key] for key in ("code", "name_el", "name_en")})
        for entry in content["trades"]
    }
    db.session.add_all(trades.values())
    areas = dict(db.session.execute(select(Area.code, Area.id).where(Area.kind == AreaKind.UNIT)).all())
    crews: dict[str, Crew] = {}
    for entry in content["crews"]:
        crew = Crew(
            code=entry["code"],
            name_el=entry["name_el"],
            name_en=entry["name_en"],
            base=to_wkb(point(*entry["base"])),
            shift_start=time.fromisoformat(entry["shift_start"]),
            shift_end=time.fromisoformat(entry["shift_end"]),
            shift_days=entry["days"],
            works_on_holidays=entry["works_on_holidays"],  # a demo is looked at on Sundays, too
            trades=[trades[code] for code in entry["trades"]],
        )
        db.session.add(crew)
        db.session.flush()
        db.session.execute(crew_area.insert(), [{"crew_id": crew.id, "area_id": areas[c]} for c in entry["coverage"]])
        crews[crew.code] = crew
    for entry in content["vehicles"]:
        crew_id = crews[entry["crew"]].id if entry["crew"] else None
        db.session.add(Vehicle(plate=entry["plate"], name=entry["name_el"], crew_id=crew_id))
    for entry in content["accounts"]:
        user = User(
            email=entry["email"],
            name=entry["name"],
            role=Role(entry["role"]),
            language=entry["language"],
            password_hash="",
            demo=True,
        )
        db.session.add(user)
        db.session.flush()
        if entry["crew"]:
            db.session.add(Membership(user_id=user.id, crew_id=crews[entry["crew"]].id))
    _load_categories(trades)
    _load_referrals()
    office = db.session.scalars(select(User).where(User.role == Role.DISPATCHER).order_by(User.id)).first()
    if office is not None:
        at = now() - timedelta(days=40)
        blocks.block(BlockedKind.WORD, "σίγουρα κέρδη", "Διαφημίσεις που ήρθαν σαν αναφορές", by=office, at=at)


def _load_categories(trades: dict[str, Trade]) -> None:
    content = _content("categories.json")
    groups = {}
    for position, entry in enumerate(content["groups"], 1):
        groups[entry["code"]] = CategoryGroup(position=position, **entry)
    copied = ("code", "name_el", "name_en", "description_el", "description_en", "keywords", "stoppers", "questions")
    for position, entry in enumerate(content["categories"], 1):
        category = Category(
            group=groups[entry["group"]],
            publish_policy=PublishPolicy(entry["publish_policy"]),
            position=position,
            **{key: entry[key] for key in (*copied, "target_days", "photo_wanted", "asset_kind", "icon")},
        )
        db.session.add(category)
        db.session.flush()
        for number, step in enumerate(entry["plan"], 1):
            db.session.add(
                JobPlanStep(
                    category_id=category.id,
                    position=number,
                    trade_id=trades[step["trade"]].id,
                    estimate_min=step["estimate_min"],
                    words_el=step["words_el"],
                )
            )


def _load_referrals() -> None:
    for position, entry in enumerate(_content("categories.json")["referrals"], 1):
        db.session.add(Referral(position=position, **entry))


def load_reports() -> None:
    """A year of reports, each through the same services as real ones, at its own time."""
    today = now()
    content = _content("reports.json")
    office = db.session.scalars(select(User).where(User.role == Role.DISPATCHER).order_by(User.id)).first()
    members = dict(
        db.session.execute(
            select(Crew.code, User)
            .join(Membership, Membership.crew_id == Crew.id)
            .join(User, User.id == Membership.user_id)
        ).all()
    )
    loaded = db.session.execute(select(Report.origin_id, Report.reference).where(Report.origin == ORIGIN)).all()
    references = {int(number): reference for number, reference in loaded if number is not None}
    # What a report was merged into must be there before it; what an interrupted start had loaded is left as it is.
    order = sorted(
        set(range(len(content))) - set(references),
        key=lambda n: (content[n]["merged_into"] is not None, -content[n]["days_ago"]),
    )
    if not order:
        return
    with click.progressbar(order, label="Demo town: reports", show_pos=True) as numbers:
        for number in numbers:
            with unit_of_work():
                story = Story(content[number], number, today, office, members, references)
                references[number] = story.tell()


class Story:
    """One demo report's way from the first word to its present state."""

    def __init__(
        self,
        told: dict[str, Any],
        number: int,
        today: datetime,
        office: User | None,
        members: dict[str, User],
        references: dict[int, str],
    ) -> None:
        if office is None:
            raise click.ClickException("The demo town has no dispatcher.")
        self.told, self.number, self.today = told, number, today
        self.office, self.members, self.references = office, members, references
        self.reference = ""

    def tell(self) -> str:
        """Submit the report and lead it through its moves; returns its reference."""
        at = self.today - timedelta(days=self.told["days_ago"])
        done = submission.submit(
            category=self.told["category"],
            spot=Point(self.told["lon"], self.told["lat"]),
            accuracy_m=self.told["accuracy_m"],
            description=self.told["description"],
            answers=self.told["answers"],
            contact=self.told["contact"],
            photos=[self._drawn(self.told["photo"], after=False, at=at)] if self.told["photo"] else [],
            source=Source(self.told["source"]),
            at=at,
            device=_device(self.told["device"]) if "device" in self.told else None,
        )
        done.report.origin, done.report.origin_id = ORIGIN, str(self.number)
        self.reference = done.report.reference
        for word in self.told["words"]:
            self._advance(done.report, word)
        self._others(at)
        return self.reference

    def _others(self, at: datetime) -> None:
        """What other people said about it, and what the reporter said after it was done."""
        for number in range(self.told.get("supporters", 0)):
            aftercare.support(
                self.reference, device=_device(f"{self.number}-{number}"), at=at + timedelta(hours=number)
            )
        if flagged := self.told.get("flag"):
            aftercare.flag(
                self.reference,
                device=_device(f"{self.number}-flag"),
                reason=FlagReason(flagged["reason"]),
                words=flagged["text"],
                at=self.today - timedelta(days=flagged["days_ago"]),
            )
        if objected := self.told.get("objection"):
            moment = self.today - timedelta(days=objected["days_ago"])
            photos = [self._drawn(objected["photo"], after=False, at=moment)]
            aftercare.object_to(self.reference, words=objected["text"], photos=photos, at=moment)

    def _drawn(self, kind: str, *, after: bool, at: datetime) -> Photo:
        return media.save_photo(_drawing(kind, after, self.number % 4), f"{kind}.jpg", at=at)

    def _advance(self, report: Report, word: dict[str, Any]) -> None:
        at = self.today - timedelta(days=word["days_ago"])
        wanted, words = Status(word["state"]), word["text"] or ""
        steps: dict[Status, Callable[[], object]] = {
            Status.SCHEDULED: lambda: self._dispatch(words, at),
            Status.IN_PROGRESS: lambda: self._crew(dispatch.start, at, words=words),
            Status.RESOLVED: lambda: self._finish(words, at),
        }
        if wanted in steps:
            steps[wanted]()
        elif wanted is Status.ACCEPTED and report.status in (Status.SCHEDULED, Status.IN_PROGRESS):
            self._crew(dispatch.could_not, at, reason=words or "Δεν έγινε σήμερα.")
        else:
            self._decide(report.status, wanted, words, at)

    def _decide(self, status: Status, wanted: Status, words: str, at: datetime) -> None:
        moves = {
            Status.ACCEPTED: Move.ACCEPT if status is Status.RECEIVED else Move.REOPEN,
            Status.REJECTED: Move.REJECT,
            Status.QUESTION: Move.ASK,
            Status.RECEIVED: Move.ANSWER,
            Status.FORWARDED: Move.FORWARD,
            Status.MERGED: Move.MERGE,
            Status.CLOSED: Move.CLOSE,
        }
        dispatch.decide(
            self.reference,
            moves[wanted],
            by=self.office,
            at=at,
            version=None,
            words=words,
            release=True if wanted in (Status.ACCEPTED, Status.FORWARDED) else None,
            forward_to=self.told["forwarded_to"] or "",
            protocol_number=self.told["protocol"] or "",
            into=self.references.get(self.told["merged_into"], "") if wanted is Status.MERGED else "",
        )

    def _dispatch(self, words: str, at: datetime) -> None:
        still_open = self.told["status"] in (Status.SCHEDULED, Status.IN_PROGRESS)
        dispatch.dispatch(
            self.reference,
            steps=[dispatch.Step(crew=self.told["crew"])],
            by=self.office,
            at=at,
            version=None,
            planned_day=local_day(self.today) if still_open else None,
            words=words,
        )

    def _order_id(self) -> int:
        return dispatch_queries.orders_of(report_by_reference(self.reference).id)[-1].id

    def _crew(self, verb: Callable[..., object], at: datetime, **more: str) -> None:
        verb(self._order_id(), by=self.members[self.told["crew"]], at=at, version=None, **more)

    def _finish(self, words: str, at: datetime) -> None:
        photo = self._drawn(self.told["after_photo"] or "bench", after=True, at=at)
        by = self.members[self.told["crew"]]
        dispatch.finish(self._order_id(), after_photo=photo, words=words, by=by, at=at, version=None)


def _device(name: str) -> str:
    """A browser that does not exist."""
    return hashlib.sha256(f"demo {name}".encode()).hexdigest()


@lru_cache(maxsize=64)
def _drawing(kind: str, after: bool, seed: int) -> bytes:
    return draw(kind, after=after, seed=seed)


def write_logins(path: Path, base_url: str) -> None:
    """Write ``demo.json``. Passwords are made anew only when the file is not there; they are nowhere else."""
    users = list(db.session.scalars(select(User).where(User.demo).order_by(User.id)))
    if not users:
        return
    crews = dict(
        db.session.execute(select(Membership.user_id, Crew.code).join(Crew, Crew.id == Membership.crew_id)).all()
    )
    if path.exists() and all(user.password_hash for user in users):
        logins = json.loads(path.read_text()) | {"base_url": base_url}
    else:
        logins = {"base_url": base_url, "accounts": []}
        with unit_of_work():
            for user in users:
                password = f"demo-{secrets.token_hex(6)}"
                user.password_hash = hash_password(password)
                logins["accounts"].append(
                    {"role": user.role.value, "email": user.email, "password": password, "crew": crews.get(user.id)}
                )
            logins["open311_api_key"] = issue_token("demo Open311", at=now(), source="open311")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(logins, ensure_ascii=False, indent=2) + "\n")
