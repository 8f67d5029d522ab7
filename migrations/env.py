"""Alembic's environment: models from the application, one connection, short locks."""

from __future__ import annotations

from alembic import context
from flask import current_app
from geoalchemy2 import alembic_helpers
from sqlalchemy import text

from app.importing import models as models  # only the import itself asks for its table

database = current_app.extensions["migrate"].db

#: Extensions of the database and tables of the job queue are not ours to compare.
NOT_OURS = ("spatial_ref_sys", "procrastinate_")


def include_object(item: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    if kind == "table" and name is not None and name.startswith(NOT_OURS):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))


def run() -> None:
    with database.engine.connect() as connection:
        # A migration that cannot get its lock in time fails; it never queues up the whole town behind it.
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
