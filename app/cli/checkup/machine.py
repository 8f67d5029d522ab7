"""The machine and the settings: secrets, cookies, photos, disk, the built parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.appearance import face
from app.cli.checkup.finding import Check, Finding, look, well, wrong
from app.geo.archive import archive_in_use
from app.geo.ground import OFF, own_ground
from app.media import store
from app.media.disk_space import free_space

ROOT = Path(__file__).resolve().parents[3]
GIGABYTE = 1024**3
#: Secrets that stand in examples and tutorials.
KNOWN_SECRETS = frozenset({"dev", "secret", "changeme", "tests"})
SHORTEST_SECRET = 32


def secret_key() -> Iterator[Finding]:
    key = current_app.config["SECRET_KEY"]
    size = len(key)
    if key in KNOWN_SECRETS or size < SHORTEST_SECRET:
        yield wrong(
            _(
                "Το SECRET_KEY έχει %(size)s χαρακτήρες και μαντεύεται. Βάλτε τουλάχιστον %(least)s τυχαίους: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"',
                size=size,
                least=SHORTEST_SECRET,
            )
        )
    else:
        yield well(_("Το SECRET_KEY είναι αρκετά μεγάλο."))


def https() -> Iterator[Finding]:
    if current_app.config.get("SESSION_COOKIE_SECURE"):
        yield well(_("Τα cookies στέλνονται μόνο με HTTPS."))
    else:
        yield look(
            _(
                "Τα cookies στέλνονται και χωρίς HTTPS. Όταν η υπηρεσία βγει στο διαδίκτυο, βάλτε την πίσω από HTTPS "
                "και δώστε SECURE_COOKIES=1."
            )
        )


def map_ground() -> Iterator[Finding]:
    url, named = current_app.config.get("TILE_URL", ""), current_app.config.get("GROUND_PMTILES", "")
    if named and archive_in_use() is None:
        yield wrong(
            _("Το GROUND_PMTILES δεν ανοίγει ως αρχείο PMTiles με διανυσματικά πλακίδια: %(path)s.", path=named)
        )
    elif own_ground() is not None:
        yield well(_("Οι χάρτες έχουν τους δρόμους του Δήμου, από εδώ."))
    elif url.lower() == OFF:
        yield well(
            _(
                "Οι χάρτες δεν έχουν δρόμους (TILE_URL=off). Φορτώστε απόσπασμα του OpenStreetMap: "
                "script/flask geo import-osm ΑΡΧΕΙΟ."
            )
        )
    elif not url:
        yield well(
            _(
                "Οι δρόμοι στους χάρτες έρχονται από το tile.openstreetmap.org, που βλέπει ποιος κοιτάζει πού. "
                "Για δικούς σας: script/flask geo import-osm ΑΡΧΕΙΟ. Για κανέναν: TILE_URL=off."
            )
        )
    elif not all(part in url for part in ("{z}", "{x}", "{y}")):
        yield wrong(_("Το TILE_URL χρειάζεται {z}, {x} και {y}, π.χ. https://tiles.example.gr/{z}/{x}/{y}.png"))
    elif not current_app.config.get("TILE_ATTRIBUTION"):
        yield look(_("Το TILE_ATTRIBUTION είναι κενό: οι περισσότεροι χάρτες ζητούν να αναφέρεται η πηγή τους."))
    else:
        yield well(_("Το υπόβαθρο του χάρτη έρχεται από το TILE_URL."))


def own_face() -> Iterator[Finding]:
    reasons = face.unfit()
    for setting, reason in reasons:
        yield wrong(_("%(setting)s: %(reason)s Στο μεταξύ φαίνεται η δική μας όψη.", setting=setting, reason=reason))
    named = [setting for setting in face.SETTINGS if current_app.config.get(setting)]
    if not named:
        yield well(_("Η υπηρεσία φορά τη δική μας όψη. Για του Δήμου: TOWN_CREST, TOWN_PHOTO, TOWN_COLOUR."))
    elif not reasons:
        yield well(_("Η υπηρεσία φορά την όψη του Δήμου (%(settings)s).", settings=", ".join(named)))


def photo_store() -> Iterator[Finding]:
    address = current_app.config["PHOTO_STORE_URL"]
    try:
        fine, reason = store.current_store().is_well()
    except Exception as error:  # an address that cannot even be opened fails in as many ways as there are stores
        fine, reason = False, f"{type(error).__name__}: {error}"[:200]
    if fine:
        yield well(_("Οι φωτογραφίες γράφονται και διαβάζονται (%(address)s).", address=address))
    else:
        yield wrong(
            _(
                "Οι φωτογραφίες δεν γράφονται στο %(address)s (%(reason)s). Ελέγξτε το PHOTO_STORE_URL και τα "
                "δικαιώματα του φακέλου.",
                address=address,
                reason=reason,
            )
        )


def disk_space() -> Iterator[Finding]:
    folder = Path(current_app.config["DATA_DIR"])
    if not folder.exists():
        yield wrong(_("Ο φάκελος DATA_DIR (%(folder)s) δεν υπάρχει. Δημιουργήστε τον.", folder=folder))
        return
    disk = free_space()
    free = disk.free / GIGABYTE
    figures = {"folder": folder, "free": format_decimal(free, "#,##0.0")}
    if disk.is_short or free < 1:
        yield wrong(_("Έμειναν μόνο %(free)s GB στο %(folder)s. Ελευθερώστε χώρο αμέσως.", **figures))
    elif disk.is_getting_short or free < 5:
        yield look(_("Έμειναν %(free)s GB στο %(folder)s. Προγραμματίστε περισσότερο χώρο.", **figures))
    else:
        yield well(_("Υπάρχουν %(free)s GB ελεύθερα στο %(folder)s.", **figures))


def translations() -> Iterator[Finding]:
    sources = sorted((ROOT / "app" / "translations").glob("*/LC_MESSAGES/messages.po"))
    stale = [
        po.parent.parent.name
        for po in sources
        if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]
    if not sources or stale:
        yield wrong(_("Οι μεταφράσεις δεν είναι μεταγλωττισμένες. Τρέξτε script/setup."))
    else:
        yield well(_("Οι μεταφράσεις είναι μεταγλωττισμένες."))


def static_build() -> Iterator[Finding]:
    if (Path(current_app.static_folder or "") / "dist" / ".vite" / "manifest.json").exists():
        yield well(_("Τα αρχεία της ιστοσελίδας είναι χτισμένα."))
    else:
        yield wrong(_("Λείπουν τα χτισμένα αρχεία της ιστοσελίδας (app/static/dist). Τρέξτε script/setup."))


CHECKS: tuple[Check, ...] = (
    secret_key,
    https,
    map_ground,
    own_face,
    photo_store,
    disk_space,
    translations,
    static_build,
)
