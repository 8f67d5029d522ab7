"""``flask geo``: official outlines, named places and assets; and filing reports again after they changed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from app.cli.rehearsal import work_kept
from app.cli.terminal import Refusal, for_operators, table
from app.geo.ground import OSM_ATTRIBUTION
from app.geo.models import AreaKind
from app.importing import draft_queries, filing_queries, geodata, ground, osm_file, outline_files
from app.importing.ground import GroundResult
from app.importing.outline_files import ImportResult

group = AppGroup("geo", help="Outlines, places and assets of the town.")

#: Refused features named one by one; the rest is counted.
NAMED_REFUSALS = 20

KINDS = [*(kind.value for kind in AreaKind), "place", "asset", "address"]


@group.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What the file holds.")
@click.option("--asset-kind", help="Which assets, as in the categories: light_pole, bench, tree …")
@click.option("--layer", help="The layer of a GeoPackage with several.")
@click.option("--crs", help="Coordinate system of a file that names none, e.g. EPSG:2100.")
@click.option("--encoding", help="Encoding of a Shapefile's texts that names none, e.g. cp1253.")
@click.option("--code", help="Field with the official code.")
@click.option("--name-el", help="Field with the Greek name.")
@click.option("--name-en", help="Field with the English name.")
@click.option("--parent", help="Field with the code of the area this is a part of.")
@click.option("--street", help="Field with the street of a house number.")
@click.option("--number", help="Field with the house number.")
@click.option("--only", multiple=True, metavar="CODE", help="Take only these codes; may be repeated.")
@click.option("--approximate", is_flag=True, help="Mark the outlines as approximate.")
@click.option("--replace", is_flag=True, help="Take a register of house numbers although it is much smaller.")
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing.")
@for_operators
def import_outlines(
    path: Path,
    kind: str,
    asset_kind: str | None,
    layer: str | None,
    crs: str | None,
    encoding: str | None,
    code: str | None,
    name_el: str | None,
    name_en: str | None,
    parent: str | None,
    street: str | None,
    number: str | None,
    only: tuple[str, ...],
    approximate: bool,
    replace: bool,
    dry_run: bool,
) -> None:
    """Load outlines, places, assets or house numbers from GeoJSON, GeoPackage, CSV or a (zipped) Shapefile.

    In any coordinate system; of a CSV the columns lon and lat, or x and y, say where.
    """
    if kind == "asset" and not re.fullmatch(r"[a-z][a-z0-9_]*", asset_kind or ""):
        raise Refusal(_("Πείτε τι στοιχεία είναι με --asset-kind, με μικρά λατινικά γράμματα, π.χ. light_pole."))
    contents = outline_files.read(path, layer=layer, crs=crs, encoding=encoding)
    areas = kind not in ("place", "asset", "address")
    told = {"code": code, "name_el": name_el, "name_en": name_en, "parent": parent, "street": street, "number": number}
    names = geodata.name_fields(contents, areas=areas, **told)
    contents = geodata.only_codes(contents, names.code, only)
    with work_kept(unless=dry_run):
        if areas:
            result = geodata.import_areas(contents, AreaKind(kind), names, approximate=approximate)
        elif kind == "place":
            result = geodata.import_places(contents, names)
        elif kind == "address":
            result = ground.import_addresses(path, contents, names, replace=replace)
        else:
            result = geodata.import_assets(contents, asset_kind or "", names)
        refiled = filing_queries.refile()
    _tell(result, contents.crs, len(contents.features))
    _tell_refiled(refiled)
    if dry_run:
        click.echo(_("Δοκιμή: τίποτα δεν αποθηκεύτηκε."))
    if result.refused and not (result.created or result.updated):
        raise Refusal(_("Δεν μπήκε κανένα στοιχείο του αρχείου."))


@group.command("import-osm")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--asset",
    "assets",
    multiple=True,
    metavar="KIND=KEY=VALUE",
    help="Take these as drafts of assets, e.g. bench=amenity=bench; may be repeated.",
)
@click.option("--latin-names", is_flag=True, help="Take it although no name in it is written in Greek letters.")
@click.option("--replace", is_flag=True, help="Take it although half of the streets would go.")
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing.")
@for_operators
def import_osm(path: Path, assets: tuple[str, ...], latin_names: bool, replace: bool, dry_run: bool) -> None:
    """Load the map's ground, streets and house numbers from an OpenStreetMap extract (.osm, .osm.bz2, .osm.pbf).

    Only what lies in or near the municipality is taken. Run it again with a newer extract to bring all up to date.
    """
    osm_file.require_osm(path)
    wanted = draft_queries.wanted_from(assets)
    length = osm_file.how_many(path, {one.key for one in wanted})
    label, data_dir = _("Διαβάζεται το «%(file)s»", file=path.name), Path(current_app.config["DATA_DIR"])
    with work_kept(unless=dry_run), click.progressbar(length=length, label=label) as bar:
        result = ground.import_osm(
            path, data_dir=data_dir, latin_names=latin_names, replace=replace, assets=wanted, seen=bar.update
        )
        bar.finish()
        refiled = filing_queries.refile()
    _tell_ground(result)
    _tell_refiled(refiled)
    if dry_run:
        click.echo(_("Δοκιμή: τίποτα δεν αποθηκεύτηκε."))


def _tell_ground(result: GroundResult) -> None:
    counts = result.ground
    click.echo(
        _(
            "Σχήματα του χάρτη: %(created)s νέα, %(updated)s άλλαξαν, %(same)s ίδια, %(removed)s έφυγαν.",
            created=counts.created,
            updated=counts.updated,
            same=counts.same,
            removed=counts.removed,
        )
    )
    click.echo(
        _(
            "Τώρα υπάρχουν: %(streets)s δρόμοι, %(doors)s αριθμοί, %(crossings)s διασταυρώσεις, %(places)s τοπωνύμια.",
            streets=result.now["street"],
            doors=result.now["door"],
            crossings=result.now["crossing"],
            places=result.now["place"],
        )
    )
    if result.drafts:
        click.echo(
            _("Στοιχεία που περιμένουν ματιά: %(count)s. Δείτε τα με script/flask geo drafts.", count=result.drafts)
        )
    click.echo(_("Πηγή: %(whom)s, στις %(day)s.", whom=OSM_ATTRIBUTION, day=format_date(result.data_at)))
    if result.latin_only:
        click.echo(_("! Τα ονόματα είναι μόνο με λατινικά γράμματα· έτσι φαίνονται και στα ελληνικά."))


@group.command("drafts")
@click.option("--kind", help="Only these: bench, light_pole …")
@click.option("--geojson", type=click.Path(path_type=Path), help="Write them to this file, to be looked at on a map.")
@for_operators
def list_drafts(kind: str | None, geojson: Path | None) -> None:
    """The assets that a map knows of and the town has not looked at."""
    waiting = [(name, many) for name, many in draft_queries.waiting().items() if kind in (None, name)]
    if waiting:
        table(waiting, right=frozenset({1}))
    else:
        click.echo(_("Κανένα στοιχείο δεν περιμένει ματιά."))
    if geojson is not None:
        geojson.write_text(json.dumps(draft_queries.as_geojson(kind), ensure_ascii=False), encoding="utf-8")
        click.echo(_("Γράφτηκαν στο «%(path)s».", path=geojson))


@group.command("accept-drafts")
@click.option("--kind", required=True, help="Which assets: bench, light_pole …")
@click.option("--code", "codes", multiple=True, help="Only this one; may be repeated.")
@for_operators
def accept_drafts(kind: str, codes: tuple[str, ...]) -> None:
    """Make drafts the town's own assets; what the town has already is never changed."""
    with work_kept(unless=False):
        accepted = draft_queries.accept(kind, codes)
        if not accepted:
            raise Refusal(_("Δεν περιμένει κανένα στοιχείο «%(kind)s».", kind=kind))
        refiled = filing_queries.refile()
    click.echo(_("Μπήκαν %(count)s στοιχεία «%(kind)s».", count=accepted, kind=kind))
    _tell_refiled(refiled)


@group.command("refile")
@for_operators
def refile() -> None:
    """File every report again: unit, community, nearest place and asset."""
    with work_kept(unless=False):
        refiled = filing_queries.refile()
    _tell_refiled(refiled)


def _km2(area: float) -> str:
    return format_decimal(area, "#,##0.00") + " km²"


def _tell(result: ImportResult, crs: str, read: int) -> None:
    if result.areas:
        rows = sorted(result.areas)
        table([(c, name, _km2(km2)) for c, name, km2 in rows], right=frozenset({2}))
        if len(rows) > 1:
            click.echo(_("Σύνολο: %(km2)s.", km2=_km2(sum(km2 for *_x, km2 in rows))))
    click.echo(
        _(
            "Στοιχεία στο αρχείο (%(crs)s): %(read)s· %(created)s νέα, %(updated)s ενημερώθηκαν, "
            "%(repaired)s επισκευάστηκαν, %(refused)s απορρίφθηκαν.",
            read=read,
            crs=crs,
            created=result.created,
            updated=result.updated,
            repaired=result.repaired,
            refused=len(result.refused),
        )
    )
    if result.merged:
        click.echo(_("%(count)s κομμάτια ενώθηκαν με άλλα που έχουν τον ίδιο κωδικό.", count=result.merged))
    if result.latin_names:
        click.echo(_("Το αρχείο δεν έχει αγγλικά ονόματα: γράφτηκαν τα ελληνικά με λατινικά γράμματα (ΕΛΟΤ 743)."))
    for label, reason in result.refused[:NAMED_REFUSALS]:
        click.echo(f"  ✗ {label}: {reason}")
    if len(result.refused) > NAMED_REFUSALS:
        click.echo(_("  … και άλλα %(count)s.", count=len(result.refused) - NAMED_REFUSALS))


def _tell_refiled(refiled: filing_queries.Refiled) -> None:
    click.echo(
        _(
            "Αναφορές που κοιτάχτηκαν ξανά: %(looked)s, άλλαξαν περιοχή, τοπωνύμιο ή στοιχείο: %(changed)s.",
            looked=refiled.looked_at,
            changed=refiled.changed,
        )
    )
    if refiled.outside:
        click.echo(
            ngettext(
                "! %(num)s αναφορά βρίσκεται τώρα εκτός του Δήμου· κρατήθηκε χωρίς ενότητα και κοινότητα.",
                "! %(num)s αναφορές βρίσκονται τώρα εκτός του Δήμου· κρατήθηκαν χωρίς ενότητα και κοινότητα.",
                refiled.outside,
            )
        )
