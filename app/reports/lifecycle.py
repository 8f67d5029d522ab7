"""The life of a report, as a table a dispatcher could read aloud. Nothing else decides."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from app.errors import MoveNotAllowed


class Status(enum.StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    QUESTION = "question"
    FORWARDED = "forwarded"
    REJECTED = "rejected"
    MERGED = "merged"


class Move(enum.StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    ASK = "ask"
    ANSWER = "answer"
    FORWARD = "forward"
    TAKE_BACK = "take_back"
    MERGE = "merge"
    SPLIT = "split"
    SCHEDULE = "schedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STEP_DONE = "step_done"
    COULD_NOT = "could_not"
    UNSCHEDULE = "unschedule"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    OBJECT = "object"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    NOTE = "note"
    UNDO = "undo"


S, M = Status, Move

MOVES: Mapping[Status, Mapping[Move, Status]] = {
    S.RECEIVED: {
        M.ACCEPT: S.ACCEPTED,
        M.REJECT: S.REJECTED,
        M.ASK: S.QUESTION,
        M.FORWARD: S.FORWARDED,
        M.MERGE: S.MERGED,
        M.AMEND: S.RECEIVED,
        M.WITHDRAW: S.CLOSED,
        M.NOTE: S.RECEIVED,
    },
    S.ACCEPTED: {
        M.SCHEDULE: S.SCHEDULED,
        M.REJECT: S.REJECTED,
        M.ASK: S.QUESTION,
        M.FORWARD: S.FORWARDED,
        M.MERGE: S.MERGED,
        M.RESOLVE: S.RESOLVED,
        M.AMEND: S.ACCEPTED,
        M.WITHDRAW: S.CLOSED,
        M.NOTE: S.ACCEPTED,
    },
    S.SCHEDULED: {
        M.SCHEDULE: S.SCHEDULED,
        M.START: S.IN_PROGRESS,
        M.COULD_NOT: S.ACCEPTED,
        M.UNSCHEDULE: S.ACCEPTED,
        M.RESOLVE: S.RESOLVED,
        M.AMEND: S.SCHEDULED,
        M.WITHDRAW: S.CLOSED,
        M.NOTE: S.SCHEDULED,
    },
    S.IN_PROGRESS: {
        M.SCHEDULE: S.IN_PROGRESS,
        M.START: S.IN_PROGRESS,
        M.PAUSE: S.IN_PROGRESS,
        M.RESUME: S.IN_PROGRESS,
        M.STEP_DONE: S.IN_PROGRESS,
        M.COULD_NOT: S.ACCEPTED,
        M.UNSCHEDULE: S.ACCEPTED,
        M.RESOLVE: S.RESOLVED,
        M.AMEND: S.IN_PROGRESS,
        M.WITHDRAW: S.CLOSED,
        M.NOTE: S.IN_PROGRESS,
    },
    S.RESOLVED: {
        M.CLOSE: S.CLOSED,
        M.REOPEN: S.ACCEPTED,
        M.OBJECT: S.RESOLVED,
        M.AMEND: S.RESOLVED,
        M.NOTE: S.RESOLVED,
    },
    S.CLOSED: {M.REOPEN: S.ACCEPTED, M.OBJECT: S.RESOLVED, M.AMEND: S.CLOSED, M.NOTE: S.CLOSED},
    S.QUESTION: {
        M.ANSWER: S.RECEIVED,
        M.REJECT: S.REJECTED,
        M.AMEND: S.QUESTION,
        M.WITHDRAW: S.CLOSED,
        M.NOTE: S.QUESTION,
    },
    S.FORWARDED: {M.TAKE_BACK: S.ACCEPTED, M.CLOSE: S.CLOSED, M.AMEND: S.FORWARDED, M.NOTE: S.FORWARDED},
    S.REJECTED: {M.REOPEN: S.ACCEPTED, M.AMEND: S.REJECTED, M.NOTE: S.REJECTED},
    S.MERGED: {M.SPLIT: S.RECEIVED, M.AMEND: S.MERGED, M.NOTE: S.MERGED},
}

#: Somebody still has to do something about these.
OPEN = frozenset({S.RECEIVED, S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS, S.QUESTION, S.FORWARDED})

#: What whoever decided it may take back while it is fresh. Then it leads to the state before, whichever that was, so it
#: stands in no table; nobody is told of the decision until that time is over, nor of its undoing.
UNDOABLE = frozenset({M.REJECT, M.CLOSE, M.FORWARD, M.MERGE})
UNDO_WITHIN = timedelta(minutes=10)

#: In these states work may be given to crews.
PLANNED_IN = frozenset(status for status, moves in MOVES.items() if M.SCHEDULE in moves)
#: In these the office may send crews; a received report is accepted in the same stroke.
DISPATCHED_IN = PLANNED_IN | {S.RECEIVED}

#: All that is decided about a report that waits aside until the office has looked.
DECIDED_ASIDE = frozenset({M.REJECT, M.NOTE})

STATUS_LABELS = {
    S.RECEIVED: _l("Υποβλήθηκε"),
    S.ACCEPTED: _l("Έγινε δεκτή"),
    S.SCHEDULED: _l("Προγραμματίστηκε"),
    S.IN_PROGRESS: _l("Σε εξέλιξη"),
    S.RESOLVED: _l("Αποκαταστάθηκε"),
    S.CLOSED: _l("Ολοκληρώθηκε"),
    S.QUESTION: _l("Αναμονή απάντησης"),
    S.FORWARDED: _l("Διαβιβάστηκε"),
    S.REJECTED: _l("Απορρίφθηκε"),
    S.MERGED: _l("Συγχωνεύθηκε"),
}

#: What the public timeline says happened.
MOVE_LABELS = {
    M.SUBMIT: _l("Η αναφορά υποβλήθηκε"),
    M.ACCEPT: _l("Το γραφείο την έκανε δεκτή"),
    M.REJECT: _l("Το γραφείο την απέρριψε"),
    M.ASK: _l("Το γραφείο ζήτησε διευκρίνιση"),
    M.ANSWER: _l("Δόθηκε απάντηση"),
    M.FORWARD: _l("Διαβιβάστηκε σε άλλη υπηρεσία"),
    M.TAKE_BACK: _l("Επέστρεψε στο γραφείο"),
    M.MERGE: _l("Συγχωνεύθηκε με άλλη αναφορά"),
    M.SPLIT: _l("Χωρίστηκε ξανά"),
    M.SCHEDULE: _l("Ανατέθηκε σε συνεργείο"),
    M.START: _l("Το συνεργείο ξεκίνησε"),
    M.PAUSE: _l("Η εργασία σταμάτησε προσωρινά"),
    M.RESUME: _l("Η εργασία συνεχίζεται"),
    M.STEP_DONE: _l("Ένα βήμα της εργασίας τελείωσε"),
    M.COULD_NOT: _l("Το συνεργείο δεν μπόρεσε να την ολοκληρώσει"),
    M.UNSCHEDULE: _l("Η ανάθεση ακυρώθηκε"),
    M.RESOLVE: _l("Η βλάβη αποκαταστάθηκε"),
    M.CLOSE: _l("Η αναφορά ολοκληρώθηκε"),
    M.REOPEN: _l("Άνοιξε ξανά"),
    M.OBJECT: _l("Ο πολίτης λέει ότι δεν αποκαταστάθηκε"),
    M.WITHDRAW: _l("Την απέσυρε όποιος την έστειλε"),
    M.AMEND: _l("Ο πολίτης συμπλήρωσε ή διόρθωσε την αναφορά"),
    M.NOTE: _l("Σημείωση του γραφείου"),
    M.UNDO: _l("Η απόφαση ανακλήθηκε"),
}


def next_status(status: Status, move: Move) -> Status:
    """Where ``move`` leads from ``status``. Raises MoveNotAllowed, naming the present state."""
    try:
        return MOVES[status][move]
    except KeyError:
        raise move_not_allowed(status) from None


def move_not_allowed(status: Status) -> MoveNotAllowed:
    """What is said of anything that does not go with ``status``."""
    return MoveNotAllowed(
        _l(
            "Η αναφορά είναι «%(status)s» και η ενέργεια αυτή δεν γίνεται τώρα. Δείτε την ξανά και συνεχίστε.",
            status=STATUS_LABELS[status],
        ),
        state=status.value,
    )
