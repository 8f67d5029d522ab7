"""Statements that PostgreSQL plans once a connection, and not once a request.

Whoever asks the same with nine tables at once pays ten times more for the plan than for the answer. Opt in, by
``select(…).execution_options(**PREPARED)``: for the statements that are made once and asked with a key or a list of
them, whose one plan is good for every value. What is filtered by words, places or states is planned anew for each
question, as one plan for a rare word and for a frequent one is bad for one of them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

PREPARED: dict[str, Any] = {"prepared": True}


@event.listens_for(Engine, "do_execute")
def _prepare(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    if not (context and context.execution_options.get("prepared")):
        return None
    cursor.execute(statement, parameters, prepare=True)
    return True


@event.listens_for(Engine, "rollback")
def _roll_back(connection: Connection) -> None:
    """Every request ends in a rollback, and psycopg would forget all plans with it: for the sake of objects that were
    made in the transaction, of which we make none. So libpq is told, and psycopg finds nothing left to do."""
    if connection.invalidated:
        return
    raw = connection.connection.driver_connection
    under_way = (TransactionStatus.INTRANS, TransactionStatus.INERROR)
    if isinstance(raw, psycopg.Connection) and raw.pgconn.transaction_status in under_way:
        with suppress(psycopg.OperationalError):  # of a lost connection psycopg's own rollback tells
            raw.pgconn.exec_(b"ROLLBACK")
