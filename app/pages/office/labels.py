"""The words of the office's desk: what its buttons, queues and chips say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.moderation.models import BlockedKind, FlagReason, Suspicion
from app.notices.models import NoticeKind
from app.reports.lifecycle import STATUS_LABELS, Move, Status
from app.reports.models import Priority, Source, WordsKind

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
    M.CLOSE: Deed(_l("Κλείσιμο"), _l("Η αναφορά έκλεισε."), key="c"),
    M.REOPEN: Deed(
        _l("Άνοιγμα ξανά"),
        _l("Η αναφορά άνοιξε ξανά."),
        words=_l("Γιατί ανοίγει ξανά;"),
        hint=_l("Θα το δουν ο πολίτης και το συνεργείο."),
        key="b",
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

#: To close what the reporter says is not done needs more than a press.
CLOSE_DESPITE = Deed(
    _l("Κλείσιμο με εξήγηση"),
    DEEDS[M.CLOSE].done,
    words=_l("Γιατί κλείνει παρά την ένσταση;"),
    hint=_l("Θα το διαβάσει ο πολίτης. Γράψτε τι έγινε και τι μπορεί να κάνει αν διαφωνεί."),
    key="c",
    compulsory=True,
)

UNDONE = _l("Η απόφαση ανακλήθηκε. Κανείς δεν ειδοποιήθηκε.")

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

QUEUE_LABELS: dict[str, Any] = {
    "received": _l("Νέες"),
    "unsorted": _l("Χωρίς είδος"),
    "objected": _l("Ενστάσεις"),
    "to_look_at": _l("Προς έλεγχο"),
    "accepted": _l("Για ανάθεση"),
    "scheduled": STATUS_LABELS[Status.SCHEDULED],
    "in_progress": STATUS_LABELS[Status.IN_PROGRESS],
    "question": STATUS_LABELS[Status.QUESTION],
    "forwarded": STATUS_LABELS[Status.FORWARDED],
    "overdue": _l("Εκπρόθεσμες"),
    "resolved": STATUS_LABELS[Status.RESOLVED],
    "closed": STATUS_LABELS[Status.CLOSED],
    "rejected": STATUS_LABELS[Status.REJECTED],
    "merged": STATUS_LABELS[Status.MERGED],
    "all": _l("Όλες"),
}

QUEUE_EMPTY: dict[str, Any] = {
    "received": _l("Καμία νέα αναφορά. Όλες έχουν πάρει τον δρόμο τους."),
    "unsorted": _l("Όλες οι ανοιχτές αναφορές έχουν το είδος τους."),
    "accepted": _l("Καμία αναφορά δεν περιμένει ανάθεση."),
    "overdue": _l("Καμία εκπρόθεσμη αναφορά. Ωραία δουλειά."),
    "question": _l("Δεν περιμένουμε απάντηση από κανέναν πολίτη."),
    "objected": _l("Καμία ένσταση. Όσα αποκαταστάθηκαν, έμειναν έτσι."),
    "to_look_at": _l("Τίποτα ύποπτο και τίποτα που να το ανέφερε κάποιος αναγνώστης."),
}

CHANGED = {
    "priority": _l("Προτεραιότητα"),
    "category": _l("Κατηγορία"),
    "released": _l("Δημοσίευση"),
    "description": _l("Κείμενο του πολίτη"),
    "photos_added": _l("Νέες φωτογραφίες"),
    "photos_withdrawn": _l("Φωτογραφίες που πήρε πίσω"),
    "words_added": _l("Νέα λόγια"),
}

SUSPICIONS = {
    Suspicion.BLOCKED_WORD: _l("Έχει μια λέξη που είναι σε φραγή."),
    Suspicion.BLOCKED_CONTACT: _l("Ήρθε από e-mail, τηλέφωνο ή συσκευή που είναι σε φραγή."),
    Suspicion.MANY_FROM_ONE: _l("Ήρθαν πάρα πολλές μέσα σε μία ώρα από την ίδια συσκευή ή την ίδια σύνδεση."),
    Suspicion.NOT_BY_HAND: _l("Μοιάζει συμπληρωμένη από πρόγραμμα και όχι από άνθρωπο."),
}

FLAG_REASONS = {
    FlagReason.PERSONAL: _l("Δείχνει προσωπικά στοιχεία"),
    FlagReason.OFFENSIVE: _l("Είναι προσβλητική"),
    FlagReason.FALSE: _l("Δεν είναι αλήθεια"),
    FlagReason.OTHER: _l("Άλλος λόγος"),
}

LATER_WORDS: dict[WordsKind | None, Any] = {
    WordsKind.ANSWER: _l("Η απάντησή του"),
    WordsKind.OBJECTION: _l("Η ένστασή του"),
    WordsKind.ADDITION: _l("Πρόσθεσε"),
    None: _l("Πρόσθεσε φωτογραφίες"),
}

BLOCKED_KINDS = {
    BlockedKind.WORD: _l("Λέξη"),
    BlockedKind.EMAIL: "E-mail",
    BlockedKind.PHONE: _l("Τηλέφωνο"),
    BlockedKind.DEVICE: _l("Συσκευή"),
}

#: From here on the number of supporters stands out in the list.
MANY_SUPPORTERS = 5

NOTICE_KINDS = {
    NoticeKind.SERVICE: _l("Νέα μιας αναφοράς"),
    NoticeKind.NEWS: _l("Νέα που ακολουθεί"),
    NoticeKind.DIGEST: _l("Η επιστολή της ημέρας"),
    NoticeKind.CONFIRMATION: _l("Επιβεβαίωση διεύθυνσης"),
    NoticeKind.MAGIC_LINK: _l("Σύνδεσμος για τις αναφορές του"),
    NoticeKind.OPERATOR: _l("Για τον τεχνικό"),
}

#: What a server's answer looks like, and what it means; the first that fits.
TROUBLES: tuple[tuple[str, Any], ...] = (
    (r"^5\d\d .*(quota|full)|^[45]52\b|\b[45]\.2\.2\b", _l("Το γραμματοκιβώτιο είναι γεμάτο.")),
    (r"^53[045]\b|SMTPAuthenticationError", _l("Ο δικός μας διακομιστής δεν δέχτηκε τον κωδικό του Δήμου.")),
    (r"^55[013]\b|\b5\.1\.\d\b", _l("Η διεύθυνση δεν υπάρχει ή δεν δέχεται μηνύματα.")),
    (r"^554\b|\b5\.7\.\d\b", _l("Ο διακομιστής του το θεώρησε ανεπιθύμητο.")),
    (r"^4\d\d\b", _l("Ο διακομιστής του ζήτησε να ξαναδοκιμάσουμε αργότερα.")),
    (r"^5\d\d\b", _l("Ο διακομιστής του το αρνήθηκε οριστικά.")),
    (r"^Refused", _l("Η υπηρεσία ειδοποιήσεων του περιηγητή το αρνήθηκε.")),
    (r"Connection|Timeout|timed out|gaierror|Disconnected|OSError|SSL", _l("Δεν υπήρξε σύνδεση με τον διακομιστή.")),
)
