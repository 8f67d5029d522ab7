"""Areas, named places and assets. Outlines are geometry in WGS84 degrees, points are geography in WGS84."""

from __future__ import annotations

import enum
from typing import Any

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, enum_text


class AreaKind(enum.StrEnum):
    MUNICIPALITY = "municipality"
    UNIT = "unit"
    COMMUNITY = "community"
    NEIGHBOUR = "neighbour"


class Area(Model):
    """A piece of the map with an official code: the municipality, its parts, and the towns around it."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("kind", "code", name="uq_area_kind_code"),
        CheckConstraint("ST_IsValid(outline) AND NOT ST_IsEmpty(outline)", name="outline_valid"),
        Index("ix_area_outline", "outline", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AreaKind] = mapped_column(enum_text(AreaKind, "area_kind"))
    code: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    outline: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    approximate: Mapped[bool] = mapped_column(default=False)
    contact_phone: Mapped[str | None]
    contact_url: Mapped[str | None]


class Place(Model):
    """A name people use for a spot: a village, a square, a street."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("kind", "code", name="uq_place_kind_code"),
        Index("ix_place_location", "location", postgresql_using="gist"),
        Index("ix_place_key", "key", postgresql_using="gin", postgresql_ops={"key": "gin_trgm_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    kind: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    population: Mapped[int | None]
    #: Both names as they sound, for the search.
    key: Mapped[str] = mapped_column(
        Text, Computed("greek_key(name_el || ' ' || name_en)", persisted=True), deferred=True
    )
    location: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))


class Asset(Model):
    """A thing of the town that stands somewhere: a light pole, a bench, a stretch of road."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("kind", "code", name="uq_asset_kind_code"),
        CheckConstraint(
            "GeometryType(location::geometry) IN ('POINT', 'LINESTRING', 'MULTILINESTRING')",
            name="point_or_line",
        ),
        Index("ix_asset_location", "kind", "location", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    location: Mapped[WKBElement] = mapped_column(Geography("GEOMETRY", srid=4326, spatial_index=False))
