"""The words in which a file is refused: what is wrong with it, and what its sender can do."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.errors import PhotoRefused

SENTENCES: Final[dict[str, Any]] = {
    "empty": _l("Το αρχείο «%(name)s» είναι άδειο. Διαλέξτε άλλη φωτογραφία."),
    "too_large": _l(
        "Η φωτογραφία «%(name)s» ξεπερνά τα %(limit)s MB. Στείλτε τη σε μικρότερο μέγεθος ή διαλέξτε άλλη."
    ),
    "not_a_photo": _l("Το αρχείο «%(name)s» δεν είναι φωτογραφία. Στείλτε εικόνα JPEG, PNG, WebP ή HEIC."),
    "pdf": _l("Το αρχείο «%(name)s» είναι έγγραφο PDF και όχι φωτογραφία. Στείλτε εικόνα JPEG, PNG, WebP ή HEIC."),
    "video": _l("Το αρχείο «%(name)s» είναι βίντεο. Δεχόμαστε μόνο φωτογραφίες."),
    "damaged": _l("Η φωτογραφία «%(name)s» ήρθε μισή ή είναι χαλασμένη. Στείλτε την ξανά ή διαλέξτε άλλη."),
    "too_many_pixels": _l(
        "Η εικόνα «%(name)s» έχει υπερβολικά μεγάλες διαστάσεις, πάνω από %(limit)s εκατομμύρια"
        " εικονοστοιχεία. Στείλτε τη σε μικρότερη ανάλυση."
    ),
    "too_small": _l(
        "Η εικόνα «%(name)s» έχει μόνο %(width)s×%(height)s εικονοστοιχεία και δεν θα φαινόταν τίποτα."
        " Διαλέξτε μεγαλύτερη."
    ),
}


def refusal(reason: str, name: str, **facts: int) -> PhotoRefused:
    """The error for a reason, in the reader's language; ``name`` is the file's, already cleaned."""
    sentence = str(SENTENCES[reason]) % {"name": name, **facts}
    return PhotoRefused(sentence, name=name, reason=reason)
