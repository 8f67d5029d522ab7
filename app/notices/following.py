"""Following: to say what one cares for, to confirm it, to change it, to end it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.categories.queries import category_by_code
from app.errors import Invalid, NotFound
from app.extensions import db, defer
from app.geo.models import Area, AreaKind
from app.geo.shapes import to_wkb
from app.moderation.visibility import require_visible
from app.notices import push, queries
from app.notices.models import Channel, Frequency, NoticeKind, PushEndpoint, Subscription, Topic
from app.reports import validation
from app.reports.row_queries import report_by_reference

#: Metres around a spot that the form offers; the table takes any from 100 to 5000.
RADII = (250, 500, 1000, 2000)
LEAST_M, MOST_M = 100, queries.WIDEST_M
MOST_CONFIRMATIONS_A_DAY = 4
MOST_WISHES = 40
#: A wish that nobody confirmed is forgotten.


@dataclass(frozen=True)
class Wish:
    """What somebody wants to hear of; ``line`` is the same for the same wish."""

    topic: Topic
    line: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Followed:
    """What came of a wish: it counts already, or a letter asks for a yes, or there were too many letters today."""

    subscription: Subscription
    letter: bool

    @property
    def live(self) -> bool:
        return self.subscription.confirmed_at is not None


def wish_of(
    *, reference: str = "", category: str = "", area: str = "", spot: Point | None = None, radius_m: int | None = None
) -> Wish:
    """A report, else a circle, else a category (in an area), else an area. Raises Invalid or NotFound."""
    if reference:
        report = report_by_reference(reference)
        require_visible(report, office=False)
        return Wish(Topic.REPORT, f"report {report.id}", {"report_id": report.id})
    if spot is not None:
        return _circle(spot, radius_m or RADII[1])
    within = _area(area) if area else None
    if category:
        kind = category_by_code(category)
        line = f"category {kind.id}" + (f" area {within.id}" if within else "")
        return Wish(Topic.CATEGORY, line, {"category_id": kind.id, "area_id": within.id if within else None})
    if within is None:
        raise Invalid({"what": [_("Διαλέξτε τι θέλετε να ακολουθείτε.")]})
    return Wish(Topic.AREA, f"area {within.id}", {"area_id": within.id})


def _circle(spot: Point, radius_m: int) -> Wish:
    if not LEAST_M <= radius_m <= MOST_M:
        raise Invalid({"radius": [_("Η ακτίνα είναι από %(least)s έως %(most)s μέτρα.", least=LEAST_M, most=MOST_M)]})
    # A tenth of a metre is exact enough to be the same home.
    line = f"circle {spot.x:.6f} {spot.y:.6f} {radius_m}"
    values = {"centre": to_wkb(spot), "radius_m": radius_m, "near_place_id": queries.nearest_place(spot)}
    return Wish(Topic.CIRCLE, line, values)


def _area(code: str) -> Area:
    area = db.session.scalars(select(Area).where(Area.code == code, Area.kind != AreaKind.NEIGHBOUR)).first()
    if area is None:
        raise Invalid({"area": [_("Διαλέξτε μία από τις περιοχές της λίστας.")]})
    return area


def subscribe_by_mail(
    wish: Wish, *, email: str, frequency: Frequency, language: str, device: str | None, at: datetime
) -> Followed:
    """Follow by mail. The address itself must say yes, unless this browser has shown before that it reads it."""
    address = _address(email)
    reads_already = queries.is_proven_reader(device, address)
    subscription = _noted(wish, at=at, email=address, frequency=frequency, language=language, device=device)
    if subscription.ended_at is not None:
        _begin_again(subscription, frequency=frequency, language=language, device=device, at=at)
    if subscription.confirmed_at is None:
        # Until somebody has said yes, the last wish counts; afterwards only the link in a letter changes it.
        subscription.frequency, subscription.language = frequency, language
    if reads_already and subscription.confirmed_at is None:
        _confirm(subscription, at=at)
    if reads_already:
        return Followed(subscription, letter=False)
    return Followed(subscription, letter=_ask(subscription, at=at))


def _address(email: str) -> str:
    return validation.email(email).lower()


def _noted(wish: Wish, *, at: datetime, **how: Any) -> Subscription:
    """The subscription of this wish, new or from before, held; two taps at once are one."""
    email, push_id = how.get("email"), how.get("push_endpoint_id")
    if email and queries.how_many_followed(email) >= MOST_WISHES:
        raise Invalid({"email": [_("Αυτή η διεύθυνση ακολουθεί ήδη πολλά. Τερματίστε κάποια και δοκιμάστε ξανά.")]})
    values = wish.values | how | {"topic": wish.topic, "wish": wish.line, "created_at": at}
    values |= {"channel": Channel.MAIL if email else Channel.PUSH, "token": secrets.token_urlsafe(24)}
    db.session.execute(insert(Subscription).values(**values).on_conflict_do_nothing())
    subscription = queries.locked_subscription(wish.line, email=email, push_endpoint_id=push_id)
    assert subscription is not None
    return subscription


def _begin_again(
    subscription: Subscription, *, frequency: Frequency, language: str, device: str | None, at: datetime
) -> None:
    subscription.ended_at = subscription.confirmed_at = subscription.told_until = None
    subscription.frequency, subscription.language, subscription.device, subscription.created_at = (
        frequency,
        language,
        device,
        at,
    )


def _ask(subscription: Subscription, *, at: datetime) -> bool:
    """Queue the letter that asks for a yes; False when this address has had enough of them today."""
    assert subscription.email is not None
    letters = queries.how_many_letters(subscription.email, since=at - timedelta(days=1), kind=NoticeKind.CONFIRMATION)
    if letters >= MOST_CONFIRMATIONS_A_DAY:
        return False
    notice_id = queries.create_notice(
        kind=NoticeKind.CONFIRMATION,
        channel=Channel.MAIL,
        recipient=subscription.email,
        language=subscription.language,
        about=f"wish:{subscription.id}:{at.isoformat()}",
        subscription_id=subscription.id,
        queued_at=at,
    )
    if notice_id is not None:
        defer("notices.deliver", notice_id=notice_id)
    return True


def _confirm(subscription: Subscription, *, at: datetime) -> None:
    subscription.confirmed_at = at
    subscription.told_until = at if subscription.frequency is Frequency.DAILY else None


def require_subscription(token: str) -> Subscription:
    """The subscription of a letter's link. Raises NotFound."""
    subscription = queries.subscription_by_token(token)
    if subscription is None:
        raise NotFound(_l("Αυτός ο σύνδεσμος δεν ισχύει πια. Αν θέλετε, ακολουθήστε ξανά από την αρχή."))
    return subscription


def confirm(token: str, *, at: datetime) -> Subscription:
    """The yes from the address itself; saying it twice changes nothing. Raises NotFound."""
    subscription = require_subscription(token)
    if subscription.ended_at is not None:
        raise NotFound(_l("Αυτή η παρακολούθηση έχει τερματιστεί. Αν θέλετε, ακολουθήστε ξανά από την αρχή."))
    if subscription.confirmed_at is None:
        _confirm(subscription, at=at)
    return subscription


def unsubscribe(token: str, *, at: datetime, daily: bool = False) -> Subscription:
    """No more of this, or of everything that comes in the daily letter. Raises NotFound."""
    subscription = require_subscription(token)
    for ending in queries.of_the_same(subscription) if daily else [subscription]:
        if ending.ended_at is None and (ending is subscription or ending.frequency is Frequency.DAILY):
            ending.ended_at = at
    return subscription


def change(token: str, which: int, *, frequency: Frequency | None, at: datetime) -> Subscription:
    """Another frequency for one of this address's subscriptions, or its end with None. Raises NotFound."""
    subscription = next((each for each in queries.of_the_same(require_subscription(token)) if each.id == which), None)
    if subscription is None:
        raise NotFound(_l("Αυτή η παρακολούθηση έχει ήδη τερματιστεί."))
    if frequency is None:
        subscription.ended_at = at
    elif subscription.channel is Channel.MAIL and frequency is not subscription.frequency:
        subscription.frequency = frequency
        # On the way to «at once», the next morning's letter still tells what is waiting for it.
        if frequency is Frequency.DAILY and subscription.confirmed_at and subscription.told_until is None:
            subscription.told_until = at
    return subscription


def everything(token: str) -> list[Subscription]:
    """All that the same address or browser follows. Raises NotFound."""
    return queries.of_the_same(require_subscription(token))


def subscribe_by_push(
    wish: Wish, *, url: str, p256dh: str, auth: str, language: str, device: str, at: datetime, local: bool = False
) -> Subscription:
    """Follow in a browser that has just allowed it; its own permission is the yes."""
    if not push.welcome(url, local=local) or not push.real_keys(p256dh, auth) or len(url) > 1000:
        raise Invalid({"endpoint": [_("Ο περιηγητής δεν έδωσε διεύθυνση που να δέχεται ειδοποιήσεις.")]})
    endpoint = _endpoint(url, p256dh, auth, language=language, device=device, at=at)
    how = {"push_endpoint_id": endpoint.id, "frequency": Frequency.AT_ONCE, "language": language, "device": device}
    subscription = _noted(wish, at=at, **how)
    subscription.ended_at, subscription.language = None, language
    subscription.confirmed_at = subscription.confirmed_at or at
    return subscription


def _endpoint(url: str, p256dh: str, auth: str, *, language: str, device: str, at: datetime) -> PushEndpoint:
    now = {"p256dh": p256dh, "auth": auth, "device": device, "language": language, "gone_at": None}
    row = insert(PushEndpoint).values(url=url, created_at=at, **now)
    db.session.execute(row.on_conflict_do_update(index_elements=["url"], set_=now))
    endpoint = queries.endpoint_by_url(url)
    assert endpoint is not None
    return endpoint
