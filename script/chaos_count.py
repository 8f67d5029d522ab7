"""What script/chaos counts when everything is over: in the database, in the store, in the mail server's box."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from chaos_people import Told
from cluster import Cluster

#: What is counted, how many there are, and the most that is allowed (None: as many as there are).
Figure = tuple[str, int, int | None]


def connected(folder: Path) -> psycopg.Connection[Any]:
    """To the town's database, as its owner."""
    return psycopg.connect(f"host={Cluster(folder).run} user=kathimerina dbname=kathimerina", autocommit=True)


class Count:
    """Beside what people were ``told`` and the ``letters`` that came, by Message-ID."""

    def __init__(self, folder: Path, told: Told, letters: Counter[str]) -> None:
        self.folder, self.told, self.letters = folder, told, letters

    def figures(self) -> Iterator[Figure]:
        """Everything, in the order of the report."""
        with connected(self.folder) as self.database:
            yield from self._of_reports()
            yield from self._of_work()
            yield from self._of_letters()
            yield from self._of_files()
        yield "people who were refused or gave up", len(self.told.gave_up), 0
        yield "answers without a sentence (500)", len(self.told.faults), 0

    def _ask(self, question: str, *values: Any) -> list[Any]:
        return self.database.execute(question.encode(), values).fetchall()

    def _of_reports(self) -> Iterator[Figure]:
        told = self.told.reports
        rows = self._ask("SELECT description, reference FROM report WHERE description LIKE 'Σπασμένο παγκάκι %%'")
        kept = [(words.rpartition(" ")[2], reference) for words, reference in rows]
        references = dict(kept)
        photos = dict(
            self._ask(
                "SELECT r.reference, count(p.photo_id) FROM report r JOIN report_photo p ON p.report_id = r.id"
                " WHERE p.moment = 'before' GROUP BY 1"
            )
        )
        yield "reports acknowledged", len(told), None
        yield "… and lost", sum(references.get(mark) != reference for mark, (reference, _n) in told.items()), 0
        yield "reports that are there twice", len(kept) - len(references), 0
        wrong = sum(photos.get(reference, 0) != number for reference, number in told.values())
        yield "… whose photo is lost, or there twice", wrong, 0

    def _of_work(self) -> Iterator[Figure]:
        moves = Counter(
            self._ask("SELECT r.reference, h.move FROM report_history h JOIN report r ON r.id = h.report_id")
        )
        decided = [(reference, move) for move, ones in self.told.decided.items() for reference in ones]
        yield "decisions of the office acknowledged", len(decided), None
        yield "… and lost", sum(not moves[one] for one in decided), 0
        yield "… and done twice", sum(moves[one] > 1 for one in decided), 0
        finished = list(self.told.finished)
        photos = dict(
            self._ask(
                "SELECT o.id, count(p.photo_id) FROM work_order o LEFT JOIN report_photo p"
                " ON p.report_id = o.report_id AND p.moment = 'after'"
                " WHERE o.status = 'done' AND o.id = ANY(%s) GROUP BY o.id",
                finished,
            )
        )
        yield "work finished by the crew, acknowledged", len(finished), None
        yield "… and lost", len(finished) - len(photos), 0
        yield "… without its after-photo, or with two", sum(number != 1 for number in photos.values()), 0

    def _of_letters(self) -> Iterator[Figure]:
        """Who waits for the letter about the last thing that letters tell of."""
        from app.notices.service import REPORTERS

        last = self._ask(
            "SELECT n.kind, n.id, n.state FROM report r JOIN report_contact c ON c.report_id = r.id"
            " CROSS JOIN LATERAL (SELECT id FROM report_history h WHERE h.report_id = r.id AND h.move = ANY(%s)"
            " ORDER BY id DESC LIMIT 1) h LEFT JOIN notice n ON n.history_id = h.id AND n.recipient = c.email"
            " WHERE c.email LIKE 'citizen%%@example.org'",
            [move.value for move in REPORTERS],
        )
        got = {message_id.partition("@")[0].strip("<") for message_id in self.letters}
        lost = sum(state != "sent" or f"{kind}-{number}" not in got for kind, number, state in last)
        yield "letters received", sum(self.letters.values()), None
        yield "… people whose last letter is lost", lost, 0
        yield "… letters that came twice (same Message-ID)", sum(n > 1 for n in self.letters.values()), None

    def _of_files(self) -> Iterator[Figure]:
        """After the sweep that runs at night, as if a day had passed."""
        os.environ |= {"DATA_DIR": str(self.folder), "DATABASE_URL": Cluster(self.folder).url}
        from app import create_app
        from app.extensions import unit_of_work
        from app.media import service, store, uploads
        from app.media.renditions import SIZES
        from app.search.tally_queries import how_many_wrong

        tomorrow = datetime.now(UTC) + timedelta(days=1)
        with create_app().app_context():
            with unit_of_work():
                service.forget_orphans(tomorrow)
            uploads.clear_orphans(tomorrow)
            kept = store.current_store()
            wrong = how_many_wrong()
            files = {key for prefix in ("photos/", store.ORIGINALS, store.UPLOADS) for key, _at in kept.keys(prefix)}
        own = [
            {store.rendition_key(photo_id, size) for size in SIZES}
            if state == "ready"
            else {store.original_key(photo_id)}
            for photo_id, state in self._ask("SELECT id, state FROM photo")
        ]
        yield "kept counts that are not what counting says", wrong, 0
        yield "photo rows without their files", sum(not theirs <= files for theirs in own), 0
        yield "files without a row after the sweep", len(files - set().union(*own)), 0
        failed = self._ask("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1")
        yield "jobs that ended as failed", sum(number for _name, number in failed), 0
        for name, number in failed:
            yield f"… {name}", number, 0
