"""The words of the office's desk: what its buttons, queues and chips say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.reports.lifecycle import STATUS_WORDS, Move, Status
from app.reports.models import Priority, Source

_FOR_THE_CITIZEN = _l("Λόγια για τον πολίτη (προαιρετικά)")


@dataclass(frozen=True)
class Deed:
    """A decision as the desk offers it. ``words`` labels its public words, ``key`` is its letter on the keyboard."""

    verb: Any
    done: Any
    words: Any = _FOR_THE_CITIZEN
    hint: Any = ""
    key: str = ""
    compulsory: bool = False


M = Move

#: In the order of the buttons.
DEEDS: dict[Move, Deed] = {
    M.ACCEPT: Deed(_l("Αποδοχή"), _l("Η αναφορά έγινε δεκτή."), key="a"),
    M.ANSWER: Deed(
        _l("Καταγραφή απάντησης"),
        _l("Η απάντηση γράφτηκε και η αναφορά γύρισε στις νέες."),
        words=_l("Η απάντηση του πολίτη"),
        hint=_l("Για παράδειγμα, όσα σας είπε στο τηλέφωνο. Φαίνονται στο δημόσιο ιστορικό."),
        compulsory=True,
    ),
    M.TAKE_BACK: Deed(_l("Επιστροφή στο γραφείο"), _l("Η αναφορά επέστρεψε στο γραφείο.")),
    M.CLOSE: Deed(_l("Κλείσιμο"), _l("Η αναφορά έκλεισε.")),
    M.REOPEN: Deed(
        _l("Άνοιγμα ξανά"),
        _l("Η αναφορά άνοιξε ξανά."),
        words=_l("Γιατί ανοίγει ξανά;"),
        hint=_l("Θα το δουν ο πολίτης και το συνεργείο."),
        compulsory=True,
    ),
    M.SPLIT: Deed(_l("Χωρισμός από την άλλη"), _l("Η αναφορά χωρίστηκε και γύρισε στις νέες.")),
    M.REJECT: Deed(
        _l("Απόρριψη"),
        _l("Η αναφορά απορρίφθηκε."),
        words=_l("Ο λόγος της απόρριψης"),
        hint=_l("Θα τον διαβάσει ο πολίτης. Γράψτε τι μπορεί να κάνει ή πού να απευθυνθεί."),
        key="r",
        compulsory=True,
    ),
    M.ASK: Deed(
        _l("Ερώτηση"),
        _l("Η ερώτηση στάλθηκε στο δημόσιο ιστορικό."),
        words=_l("Η ερώτηση προς τον πολίτη"),
        hint=_l("Μία ερώτηση, με απλά λόγια."),
        key="q",
        compulsory=True,
    ),
    M.FORWARD: Deed(_l("Διαβίβαση"), _l("Η αναφορά διαβιβάστηκε."), key="f"),
    M.MERGE: Deed(_l("Συγχώνευση"), _l("Η αναφορά συγχωνεύθηκε."), key="m"),
    M.NOTE: Deed(_l("Σημείωση"), _l("Η σημείωση γράφτηκε."), key="n"),
}

#: What takes a decision back, while it is fresh, and what the public history then says.
UNDO: dict[Move, tuple[Move, Any]] = {
    M.REJECT: (M.REOPEN, _l("Η απόρριψη ανακλήθηκε από το γραφείο.")),
    M.CLOSE: (M.REOPEN, _l("Το κλείσιμο ανακλήθηκε από το γραφείο.")),
    M.FORWARD: (M.TAKE_BACK, _l("Η διαβίβαση ανακλήθηκε από το γραφείο.")),
    M.MERGE: (M.SPLIT, ""),
}

PRIORITIES = {
    Priority.URGENT: _l("Επείγουσα"),
    Priority.HIGH: _l("Υψηλή"),
    Priority.NORMAL: _l("Κανονική"),
    Priority.LOW: _l("Χαμηλή"),
}

SOURCES = {
    Source.WEB: _l("Ιστοσελίδα"),
    Source.PHONE: _l("Τηλέφωνο"),
    Source.OPEN311: "Open311",
    Source.DEVICE: _l("Συσκευή"),
    Source.STAFF: _l("Υπάλληλος"),
    Source.IMPORT: _l("Εισαγωγή"),
}

QUEUE_WORDS: dict[str, Any] = {
    "received": _l("Νέες"),
    "accepted": _l("Για ανάθεση"),
    "scheduled": STATUS_WORDS[Status.SCHEDULED],
    "in_progress": STATUS_WORDS[Status.IN_PROGRESS],
    "question": STATUS_WORDS[Status.QUESTION],
    "forwarded": STATUS_WORDS[Status.FORWARDED],
    "overdue": _l("Εκπρόθεσμες"),
    "resolved": STATUS_WORDS[Status.RESOLVED],
    "closed": STATUS_WORDS[Status.CLOSED],
    "rejected": STATUS_WORDS[Status.REJECTED],
    "merged": STATUS_WORDS[Status.MERGED],
    "all": _l("Όλες"),
}

QUEUE_EMPTY: dict[str, Any] = {
    "received": _l("Καμία νέα αναφορά. Όλες έχουν πάρει τον δρόμο τους."),
    "accepted": _l("Καμία αναφορά δεν περιμένει ανάθεση."),
    "overdue": _l("Καμία εκπρόθεσμη αναφορά. Ωραία δουλειά."),
    "question": _l("Δεν περιμένουμε απάντηση από κανέναν πολίτη."),
}

CHANGED = {
    "priority": _l("Προτεραιότητα"),
    "category": _l("Κατηγορία"),
    "released": _l("Δημοσίευση"),
}
