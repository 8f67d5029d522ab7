"""The shared parts every flat uses; imports nothing of ours."""

from __future__ import annotations

import enum
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import procrastinate
from flask import current_app, g
from flask_babel import Babel, Domain, get_locale
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from sqlalchemy import DateTime, Enum, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, registry

#: Work of our own; and what waits for machines that are not ours, each kind with a queue and a worker of its own.
OURS, MAIL, PUSH = "default", "mail", "push"

#: A job that failed is tried again, 4 s later, 16 s, … and for the eighth time a day later.
TRIED_AGAIN = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4)

#: Of a job's arguments: the request in whose course it was queued.
_ASKED_BY = "request"

P = ParamSpec("P")
R = TypeVar("R")


class Base(DeclarativeBase):
    """Declarative base: text is TEXT, times carry their zone, every constraint has a name."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: Text(),
            datetime: DateTime(timezone=True),
            dict[str, Any]: JSONB(),
            list[dict[str, Any]]: JSONB(),
        },
    )


def enum_text(kind: type[enum.StrEnum], name: str) -> Enum:
    """A column that holds one of the enum's words as text, guarded by a CHECK called ``name``."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


# What a unit of work has written is known after it as well; whoever holds something (``locked_…``) reads it anew.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
migrate = Migrate()
login = LoginManager()


class OneDomain(Domain):  # type: ignore[misc]
    """Our words. Flask-Babel makes a domain for each request, which would read the catalogue anew for each of them."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the reader's language."""
        locale = get_locale()
        code = locale.language if locale else "el"
        if code not in self.cache:
            self.cache[code] = super().get_translations()
        translations: NullTranslations = self.cache[code]
        return translations


class OurBabel(Babel):  # type: ignore[misc]
    domain_instance = OneDomain()


babel = OurBabel()
csrf = CSRFProtect()


def _note_wait(breached: RequestLimit) -> None:
    """For the answer (errors.py): seconds until there is room again."""
    g.wait_s = max(1, breached.reset_at - int(time.time()))


limiter = Limiter(key_func=get_remote_address, on_breach=_note_wait)
# Jobs are only deferred on the request's own connection; the worker replaces the connector.
jobs = procrastinate.App(connector=procrastinate.PsycopgConnector())


def now() -> datetime:
    """This moment in UTC. Services take it as an argument and never ask themselves."""
    return datetime.now(UTC)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """The one place that commits: all of the block is kept, or none of it."""
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def job(name: str, *, queue: str = OURS, **options: Any) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Make a function a background job that runs in an application context of its own, and again when it failed.

    Whatever the database, the disk or the clock did to it: it may run twice, also at once, and must not mind.
    """
    options.setdefault("retry", TRIED_AGAIN)

    def decorate(function: Callable[P, Any]) -> Callable[P, Any]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> Any:
            # A context of its own, so that two jobs at once do not share a session.
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            with app.app_context():
                if request_id := kwargs.pop(_ASKED_BY, None):
                    g.request_id = request_id
                return function(*args, **kwargs)

        jobs.task(name=name, queue=queue, **options)(run)  # type: ignore[no-untyped-call]
        return function

    return decorate


#: Queues on a connection of ours. The worker's own connector is asynchronous, and its jobs may queue further ones.
_outbox = JobManager(procrastinate.SyncPsycopgConnector())


def _to_defer(name: str, **options: Any) -> JobDeferrer:
    deferrer = jobs.configure_task(name, connection=db.session.connection().connection.driver_connection, **options)
    deferrer.job_manager = _outbox
    return deferrer


def _asked_by() -> dict[str, Any]:
    """Which request a job is queued by, for the log of the worker."""
    return {_ASKED_BY: g.request_id} if "request_id" in g else {}


def defer(name: str, *, after: datetime | None = None, in_order_of: str | None = None, **arguments: Any) -> None:
    """Queue a job inside the caller's transaction: it exists if, and only if, the work is committed.

    It is done not before ``after`` (None: at once), and not before those queued earlier with the same ``in_order_of``.
    """
    _to_defer(name, schedule_at=after, lock=in_order_of).defer(**arguments, **_asked_by())


def defer_many(name: str, arguments: Sequence[dict[str, Any]]) -> None:
    """Queue several jobs of one kind at once, inside the caller's transaction."""
    if arguments:
        origin = _asked_by()
        _to_defer(name).batch_defer(*({**each, **origin} for each in arguments))
