"""The sentences that a page gives to its scripts, as values of attributes; made once a language, not once a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import orjson
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.language import language


def _outbox() -> dict[str, str]:
    return {
        "title": _("Σε αυτό το κινητό"),
        "untitled": _("Αναφορά χωρίς κατηγορία ακόμη"),
        "preparing": _("Ετοιμάζουμε τη φωτογραφία…"),
        "held": _("Το σήμα χάθηκε. Μείνετε εδώ· συνεχίζουμε μόλις ξαναβρεθεί, και η φωτογραφία σας δεν χάνεται."),
        "unread": _("Η μνήμη αυτού του κινητού δεν απαντά. Ό,τι έχει μέσα δεν χάθηκε· ανοίξτε ξανά τη σελίδα."),
        "draft": _("Πρόχειρο: δεν την έχετε στείλει"),
        "waiting": _("Περιμένει δίκτυο· θα φύγει μόνη της"),
        "sending": _("Στέλνεται…"),
        "sent": _("Στάλθηκε: {reference}"),
        "refused": _("Χρειάζεται μια διόρθωση"),
        "oneWaits": _("1 αναφορά περιμένει δίκτυο. Θα φύγει μόνη της."),
        "wait": _("{count} αναφορές περιμένουν δίκτυο. Θα φύγουν μόνες τους."),
        "goOn": _("Συνέχεια"),
        "correct": _("Διόρθωση"),
        "now": _("Δοκιμή τώρα"),
        "see": _("Δείτε την πορεία της"),
        "hide": _("Αφαίρεση από τη λίστα"),
        "drop": _("Διαγραφή"),
        "sure": _("Να διαγραφεί οριστικά από αυτό το κινητό;"),
    }


def _map() -> dict[str, str]:
    return {
        "zoomIn": _("Μεγέθυνση"),
        "zoomOut": _("Σμίκρυνση"),
        "pin": _("Το σημείο της αναφοράς. Μετακινήστε το με τα βέλη."),
        "here": _("Η θέση μου"),
        "seeking": _("Βρίσκουμε τη θέση σας…"),
        "denied": _("Ο περιηγητής δεν επέτρεψε τη θέση. Δείξτε το σημείο στον χάρτη ή γράψτε τη διεύθυνση."),
        "notFound": _("Η θέση δεν βρέθηκε. Δείξτε το σημείο στον χάρτη ή γράψτε τη διεύθυνση."),
        "farAway": _("Βρίσκεστε μακριά από τον Δήμο. Δείξτε στον χάρτη πού είναι, ή γράψτε το."),
        "accuracy": _("Η θέση σας βρέθηκε με ακρίβεια {metres} μ. Διορθώστε την αν χρειάζεται."),
        "vague": _("Ξέρουμε μόνο ότι είστε μέσα σε αυτόν τον κύκλο, {metres} μ. γύρω. Δείξτε το ακριβές σημείο."),
        "moved": _("Το σημείο ορίστηκε. Μπορείτε να το σύρετε ή να το μετακινήσετε με τα βέλη."),
        "hint": _("Πατήστε στον χάρτη το σημείο του προβλήματος."),
        "group": _("{count} αναφορές εδώ. Μεγέθυνση."),
    }


@cache
def _ready(make: Callable[[], dict[str, str]], _language: str) -> Markup:
    return _attribute(make())


def _attribute(words: Mapping[str, str]) -> Markup:
    return escape(orjson.dumps(words).decode())


def outbox() -> Markup:
    """Of the phone's own list."""
    return _ready(_outbox, language())


def map_words(more: Mapping[str, str]) -> Markup:
    """Of a map; with ``more`` where a page says some of it otherwise."""
    return _attribute(_map() | dict(more)) if more else _ready(_map, language())
