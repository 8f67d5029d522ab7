"""Areas, named places, assets, and the streets with their doors. WGS84 degrees; the map's ground in Web Mercator.

Outlines and streets are geometry, the points of places and assets geography.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
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
        Index("ix_asset_number", text(r"ltrim(regexp_replace(code, '\D', '', 'g'), '0')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    location: Mapped[WKBElement] = mapped_column(Geography("GEOMETRY", srid=4326, spatial_index=False))


class AssetDraft(Model):
    """A thing that a map says stands somewhere, until somebody of the town has looked at it."""

    __tablename__ = "asset_draft"
    __table_args__ = (UniqueConstraint("kind", "code", name="uq_asset_draft_code"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    location: Mapped[WKBElement] = mapped_column(Geography("GEOMETRY", srid=4326, spatial_index=False))


class GroundLayer(enum.StrEnum):
    """What the ground is drawn of, from the bottom up."""

    WATER = "water"
    LAND = "land"
    BUILDING = "building"
    PATH = "path"
    STREET = "street"
    RAIL = "rail"


class GroundFeature(Model):
    """A shape of the map's ground, as it is drawn: nothing is looked up here but tiles."""

    __tablename__ = "ground_feature"
    __table_args__ = (
        UniqueConstraint("osm_id", "layer", name="uq_ground_feature_osm"),
        Index("ix_ground_feature_shape", "shape", "min_zoom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: «n12», «w34», «r56».
    osm_id: Mapped[str]
    layer: Mapped[GroundLayer] = mapped_column(enum_text(GroundLayer, "ground_layer"))
    kind: Mapped[str]
    name_el: Mapped[str]
    name_en: Mapped[str]
    #: From this zoom on it is worth its ink.
    min_zoom: Mapped[int] = mapped_column(SmallInteger)
    #: In EPSG:3857, as tiles are.
    shape: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=3857, spatial_index=False))


class Street(Model):
    """A street as people name it: one for each name and community, of however many pieces the map has it."""

    __tablename__ = "street"
    __table_args__ = (
        Index("uq_street_name", "name_key", text("coalesce(area_id, 0)"), unique=True),
        Index("ix_street_key", "key", postgresql_using="gin", postgresql_ops={"key": "gin_trgm_ops"}),
        Index("ix_street_shape", "shape", postgresql_using="gist"),
        Index("ix_street_area_id", "area_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    #: Whether a map has a line of it; else it is known by its doors alone.
    drawn: Mapped[bool]
    name_el: Mapped[str]
    name_en: Mapped[str]
    #: Old and alternative names, separated by «;».
    other_names: Mapped[str] = mapped_column(default="", server_default="")
    #: All names as they sound, for the search.
    key: Mapped[str] = mapped_column(
        Text,
        Computed("street_key(name_el || ' ' || name_en || ' ' || other_names)", persisted=True),
        deferred=True,
    )
    #: Its Greek name as it sounds: «ΜΕΡΑΡΧΙΑΣ» and «Μεραρχίας» are one street.
    name_key: Mapped[str] = mapped_column(Text, Computed("street_key(name_el)", persisted=True), deferred=True)
    #: The community it lies in.
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id", ondelete="SET NULL"))
    shape: Mapped[WKBElement] = mapped_column(Geometry("MULTILINESTRING", srid=4326, spatial_index=False))
    #: The middle of its longest piece: a point on the street.
    middle: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class Door(Model):
    """A house number of a street."""

    __tablename__ = "door"
    __table_args__ = (
        UniqueConstraint("source", "code", name="uq_door_code"),
        Index("ix_door_street", "street_id", "number_first"),
        Index("ix_door_location", "location", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: «osm», or «town» for the town's own register: an import replaces what came by the same road.
    source: Mapped[str]
    code: Mapped[str]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"))
    #: «12», «12Α», «12-14».
    number: Mapped[str]
    #: Its first figure: 12.
    number_first: Mapped[int]
    #: Reckoned between two known ones, not surveyed.
    interpolated: Mapped[bool]
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class Crossing(Model):
    """Where two streets meet."""

    __tablename__ = "crossing"
    __table_args__ = (
        CheckConstraint("street_id < other_id", name="once"),
        Index("ix_crossing_street", "street_id", "other_id"),
        Index("ix_crossing_other", "other_id"),
        Index("ix_crossing_location", "location", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"))
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))


class TileLayer(enum.StrEnum):
    GROUND = "ground"
    AREAS = "areas"
    ASSETS = "assets"


class MapLayer(Model):
    """A layer of tiles: its version, which triggers raise with whatever changes it, and whom to thank for it."""

    __tablename__ = "map_layer"

    layer: Mapped[TileLayer] = mapped_column(enum_text(TileLayer, "map_layer_layer"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")
    attribution: Mapped[str] = mapped_column(default="", server_default="")
    #: Drawn by hand, as the demo's is.
    approximate: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: When the source stood so.
    data_at: Mapped[datetime | None]
