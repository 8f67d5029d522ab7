"""What in a report waits for the office's eyes: later words, an objection, a suspicion, readers' flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.moderation import flags, visibility
from app.moderation.models import BlockedKind, Flag
from app.pages.office.labels import FLAG_REASONS, LATER_WORDS, SUSPICIONS
from app.reports import presenting, queries
from app.reports.lifecycle import Move
from app.reports.models import PhotoMoment, ReporterWords, ReportHistory, WordsKind
from app.reports.row_queries import WholeReport

#: Only these bring words of the reporter that do not stand in the history.
BRINGS_WORDS = frozenset({Move.OBJECT, Move.ANSWER, Move.AMEND})


@dataclass(frozen=True)
class Said:
    """Something the reporter added later: words, photos or both."""

    at: datetime
    kind: str
    words: str
    photos: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Attention:
    """``doubt`` says why it waits aside; ``unseen`` counts later photos that are not public though the report is."""

    doubt: str
    objection: Said | None
    flags: list[tuple[str, Flag]]
    said: list[Said]
    unseen: int


def attention(report: WholeReport, history: Sequence[ReportHistory]) -> Attention:
    """Asks the database only where the report itself says that there is something."""
    later = [row for row in report.photos if row.moment is PhotoMoment.LATER]
    talked = later or any(row.move in BRINGS_WORDS for row in history)
    words = queries.later_words(report.id) if talked else []
    later_words = _said(words, later)
    objected = [row for row in words if row.kind is WordsKind.OBJECTION and row.at == report.objected_at]
    return Attention(
        doubt=str(SUSPICIONS[report.suspicion]) if report.suspicion and report.waits_aside else "",
        objection=next((entry for entry in later_words if objected and entry.at == objected[-1].at), None),
        flags=[(str(FLAG_REASONS[flag.reason]), flag) for flag in _flags(report)],
        said=later_words,
        unseen=sum(report.released_at is not None and not visibility.is_public(row, report) for row in later),
    )


def _flags(report: WholeReport) -> list[Flag]:
    return flags.unsettled(report.id) if report.flagged_at else []


def _said(words: Sequence[ReporterWords], photos: Sequence[presenting.Photo]) -> list[Said]:
    """Words with the photos that came with them, newest first."""
    shown: dict[datetime, list[dict[str, Any]]] = {}
    for row in photos:
        shown.setdefault(row.added_at, []).append(presenting.photo_urls(row))
    made = [Said(row.at, str(LATER_WORDS[row.kind]), row.words, shown.pop(row.at, [])) for row in words]
    made += [Said(moment, str(LATER_WORDS[None]), "", alone) for moment, alone in shown.items()]
    return sorted(made, key=lambda said: said.at, reverse=True)


def blockable(report: WholeReport) -> dict[BlockedKind, str]:
    """What the report tells of its sender."""
    contact = report.contact
    values = {
        BlockedKind.DEVICE: report.device,
        BlockedKind.EMAIL: contact.email if contact else None,
        BlockedKind.PHONE: contact.phone if contact else None,
    }
    return {kind: value for kind, value in values.items() if value}
