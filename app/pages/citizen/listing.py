"""All reports, newest first, beside their map. The address holds every choice; list and map ask with the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from flask import make_response, render_template, request, url_for
from flask_babel import format_number
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.categories import queries as category_queries
from app.categories.models import Category
from app.devices import known_device
from app.errors import Invalid
from app.extensions import db, now
from app.geo.models import AreaKind
from app.geo.queries import areas
from app.language import format_short_day, language, localized
from app.links import Link
from app.moderation.visibility import is_public
from app.pages.bits import Common, CommonLines
from app.pages.citizen.face import citizen
from app.pages.refusal import Refusal
from app.reports.lifecycle import OPEN, STATUS_LABELS, Status
from app.reports.models import Report
from app.reports.presenting import format_location
from app.reports.references import reference_from
from app.reports.row_queries import ReportRow, rows_of
from app.search import cluster_queries
from app.search import queries as search_queries
from app.search.filters import Filters, filters_from
from app.search.schemas import ReportsQuery

FILTERS = ("state", "status", "category", "area", "since", "until", "q", "bbox")
LONGEST = 200


@dataclass(frozen=True)
class Wanted:
    """What the address asks for, as it was typed; several categories stand with commas between them."""

    state: str = ""
    status: str = ""
    category: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    bbox: str = ""
    after: str = ""
    #: ``map`` on a phone that shows the map instead of the list.
    view: str = ""
    #: The report whose mark was tapped.
    chosen: str = ""

    @classmethod
    def asked(cls, args: MultiDict[str, str]) -> Wanted:
        values = {name: args.get(name, "").replace("\0", "").strip()[:LONGEST] for name in cls.__annotations__}
        ticked = dict.fromkeys(",".join(args.getlist("category")).split(","))
        values["category"] = ",".join(filter(None, (code.strip() for code in ticked)))[: LONGEST * 10]
        return cls(**values | {"view": "map" if values["view"] == "map" else ""})

    @property
    def categories(self) -> list[str]:
        return self.category.split(",") if self.category else []

    @property
    def narrowed(self) -> bool:
        return any(getattr(self, name) for name in FILTERS)

    def args(self, **other: str) -> dict[str, Any]:
        """What the address needs to say, with some of it said otherwise."""
        return {name: value for name, value in asdict(replace(self, **other)).items() if value}

    def url(self, **other: str) -> str:
        return url_for("citizen.listing", **self.args(**other))

    def for_the_map(self) -> dict[str, str]:
        """The filters without the box, which the map has itself."""
        return {name: getattr(self, name) for name in FILTERS if name != "bbox" and getattr(self, name)}

    def filters(self) -> Filters:
        """Raises Invalid at the fields that cannot be understood."""
        try:
            typed: dict[str, Any] = ReportsQuery(only=(*FILTERS, "after")).load(self.args(view="", chosen=""))
        except ValidationError as wrong:
            raise Invalid(wrong.messages_dict) from None
        return filters_from(typed)


@dataclass(frozen=True)
class Found:
    """What the list shows: a page of reports, the one that was chosen on the map, and how many match."""

    items: list[Line]
    next: str | None
    count: int
    #: Not among the items, so it stands before them.
    chosen: Line | None

    @property
    def more(self) -> bool:
        return self.count > cluster_queries.MOST_COUNTED

    @property
    def count_label(self) -> str:
        return f"{format_number(cluster_queries.MOST_COUNTED)}+" if self.more else str(format_number(self.count))


#: What somebody reads before asking for more.
MOST_ROWS = 20
NOTHING = Found([], None, 0, None)


def found(wanted: Wanted) -> Found:
    """The same few questions of the database, however many match."""
    filters = wanted.filters()
    page = search_queries.page(filters, after=wanted.after or None, limit=MOST_ROWS)
    references = {report.reference for report in page.reports}
    chosen = _chosen(wanted.chosen) if wanted.chosen not in references else None
    return Found(
        items=lines(page.reports),
        next=page.next,
        count=cluster_queries.how_many(filters) if page.next or wanted.after else len(page.reports),
        chosen=lines([chosen])[0] if chosen else None,
    )


def _chosen(reference: str) -> ReportRow | None:
    number = reference_from(reference) if reference else None
    public = select(Report.id).where(Report.reference == number, Report.suspicion.is_(None))
    return next(iter(rows_of(db.session.scalars(public).all())), None) if number else None


class Line(NamedTuple):
    """A line of the public list, ready in the reader's language."""

    report: ReportRow
    url: str
    shown: Common
    where: str
    #: The small size of the last photo that everybody may see.
    photo: str
    target: str


_TRACK, _SMALL = Link("citizen.track", "reference"), Link("photos.photo", "photo_id", size="small")


def lines(reports: Sequence[ReportRow]) -> list[Line]:
    """From rows to what is shown; what is the same for many is said once."""
    common = CommonLines(reports, now())
    return [
        Line(
            report,
            _TRACK(report.reference),
            common.of(report),
            format_location(report),
            next((_SMALL(photo.photo_id) for photo in reversed(report.photos) if is_public(photo, report)), ""),
            format_short_day(report.target_at) if report.target_at and report.status in OPEN else "",
        )
        for report in reports
    ]


@citizen.get("/reports")
def listing() -> Response:
    """The page, or with ``X-Part: list`` its list alone."""
    wanted = Wanted.asked(request.args)
    errors: dict[str, Any] = {}
    try:
        shown = found(wanted)
    except Invalid as wrong:
        shown, errors = NOTHING, Refusal.of(wrong).errors
    if request.headers.get("X-Part") == "list":
        answer = make_response(render_template("citizen/_listed.html", wanted=wanted, found=shown, errors=errors))
        answer.headers["Cache-Control"] = "no-store"
    else:
        answer = make_response(whole_page(wanted, shown, errors))
    answer.status_code = 422 if errors else 200
    answer.vary.update(("X-Part", "Cookie"))
    return answer


def whole_page(wanted: Wanted, shown: Found, errors: Mapping[str, Any]) -> str:
    kinds = category_queries.active_categories()
    places = [area for area in areas() if area.kind in (AreaKind.UNIT, AreaKind.COMMUNITY)]
    return render_template(
        "citizen/listing.html",
        wanted=wanted,
        found=shown,
        errors=errors,
        kinds=kinds,
        areas=places,
        chips=chips(wanted, kinds, {area.code: localized(area) for area in places}),
        follow=follow_url(wanted),
        known=known_device() is not None,
        feed=feed_url(wanted),
    )


def chips(wanted: Wanted, kinds: list[Category], area_names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every choice that narrows the list in words, each with the address without it."""
    names = {kind.code: localized(kind) for kind in kinds}
    chips: list[tuple[str, str]] = []
    for code in wanted.categories:
        rest = ",".join(other for other in wanted.categories if other != code)
        chips.append((names.get(code, code), wanted.url(category=rest, after="")))
    if wanted.area:
        chips.append((area_names.get(wanted.area, wanted.area), wanted.url(area="", after="")))
    for word in filter(None, wanted.status.split(",")):
        rest = ",".join(other for other in wanted.status.split(",") if other != word)
        chips.append((status_label(word), wanted.url(status=rest, after="")))
    if wanted.q:
        chips.append((f"«{wanted.q}»", wanted.url(q="", after="")))
    if wanted.since:
        chips.append((_("από %(day)s", day=wanted.since[:10]), wanted.url(since="", after="")))
    if wanted.until:
        chips.append((_("έως %(day)s", day=wanted.until[:10]), wanted.url(until="", after="")))
    return chips


def status_label(word: str) -> str:
    return str(STATUS_LABELS[Status(word)]) if word in set(Status) else word


def follow_url(wanted: Wanted) -> str | None:
    """Where one can follow this kind or this area; the form takes one of each."""
    if len(wanted.categories) > 1 or not (wanted.category or wanted.area):
        return None
    return url_for("citizen.follow", category=wanted.category or None, area=wanted.area or None)


def feed_url(wanted: Wanted) -> str:
    """The same kind and area as a feed, which knows no other filters."""
    kind = wanted.category if len(wanted.categories) == 1 else None
    return url_for("citizen.reports_feed", category=kind, area=wanted.area or None, lang=language())
