"""The catalogue: kinds of everyday issues with their questions, stoppers and targets, as data of the town."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, enum_text


class PublishPolicy(enum.StrEnum):
    AT_ONCE = "at_once"
    AFTER_RELEASE = "after_release"


#: The code of the category for what fits none: the office gives its reports their kind.
OTHER = "other"


class CategoryGroup(Model):
    """What the citizen sees first: a handful of big tiles."""

    __tablename__ = "category_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Category(Model):
    """A kind of everyday issue, with everything that depends on it, as data."""

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("target_days > 0", name="target_days_positive"),
        CheckConstraint("contact_months > 0", name="contact_months_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("category_group.id"), index=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    description_el: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    #: [{code, datatype, required, text_el, text_en, values: [{key, el, en}]}], datatypes as in Open311 GeoReport v2.
    questions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: Asked before all else; a yes means that somebody else must be called at once:
    #: [{code, text_el, text_en, say_el, say_en, phone, url, stop}]. ``stop``: it is not for us at all.
    stoppers: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    #: Working days by the Greek calendar.
    target_days: Mapped[int]
    #: Measured at night: eight of ten reports of the last year were put right within this many working days.
    usual_days: Mapped[int | None]
    #: How many reports that was measured on.
    usual_of: Mapped[int] = mapped_column(default=0, server_default="0")
    photo_wanted: Mapped[bool] = mapped_column(default=True)
    publish_policy: Mapped[PublishPolicy] = mapped_column(
        enum_text(PublishPolicy, "publish_policy"), default=PublishPolicy.AFTER_RELEASE
    )
    asset_kind: Mapped[str | None]
    #: So many months after a report has ended its reporter's contact is forgotten.
    contact_months: Mapped[int] = mapped_column(default=12, server_default="12")
    icon: Mapped[str] = mapped_column(default="other")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    group: Mapped[CategoryGroup] = relationship(lazy="joined", innerjoin=True)


class Referral(Model):
    """A matter that people bring to the town and that is somebody else's, found by its words, with whom to call."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    say_el: Mapped[str]
    say_en: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
