"""What is limited is counted in PostgreSQL, so that all processes count together."""

from __future__ import annotations

import time
from datetime import datetime

from limits.storage import Storage
from sqlalchemy import Index, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db, job, jobs, unit_of_work
from app.prepared import PREPARED


class LimitCount(Model):
    """How often something was done in the window that ends then. UNLOGGED: after a crash all begin at nought."""

    __tablename__ = "limit_count"
    __table_args__ = (Index("ix_limit_count_expires_at", "expires_at"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


_INCREMENT = text(
    """
    INSERT INTO limit_count AS known (key, count, expires_at)
    VALUES (:key, :amount, now() + make_interval(secs => :expiry))
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.expires_at <= now() THEN 0 ELSE known.count END + excluded.count,
        expires_at = CASE WHEN known.expires_at <= now() THEN excluded.expires_at ELSE known.expires_at END
    RETURNING count
    """
).execution_options(**PREPARED)


class PostgresStorage(Storage):
    """Fixed windows for Flask-Limiter; each count is a transaction of its own, whatever becomes of the request."""

    STORAGE_SCHEME = ["postgresql"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with db.engine.begin() as connection:
            return int(connection.scalar(_INCREMENT, {"key": key, "amount": amount, "expiry": expiry}) or 0)

    def get(self, key: str) -> int:
        count = select(LimitCount.count).where(LimitCount.key == key, LimitCount.expires_at > func.now())
        with db.engine.connect() as connection:
            return int(connection.scalar(count) or 0)

    def get_expiry(self, key: str) -> float:
        with db.engine.connect() as connection:
            ends = connection.scalar(select(LimitCount.expires_at).where(LimitCount.key == key))
        return float(ends.timestamp()) if ends else time.time()

    def check(self) -> bool:
        with db.engine.connect() as connection:
            return connection.scalar(select(1)) == 1

    def reset(self) -> int | None:
        with db.engine.begin() as connection:
            return int(connection.execute(delete(LimitCount)).rowcount)

    def clear(self, key: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(delete(LimitCount).where(LimitCount.key == key))


@job("forget_counts")
def forget_counts(timestamp: int) -> None:
    """Delete the counts of windows that are over; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        db.session.execute(delete(LimitCount).where(LimitCount.expires_at < func.now()))


jobs.periodic(cron="7 * * * *")(jobs.tasks["forget_counts"])
