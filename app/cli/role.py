"""``flask app-role NAME``: the database role that web and worker use, who may do their work and nothing else."""

from __future__ import annotations

import click
from psycopg import sql

from app.extensions import db

#: Who reads history may add to it; what migrations and PostGIS wrote is only read.
_ONLY_ADDED, _ONLY_READ = ("report_history",), ("alembic_version", "spatial_ref_sys")


@click.command("app-role")
@click.argument("name")
def app_role(name: str) -> None:
    """Make the role NAME, if it is missing, and let it do what web and worker do; run it after each upgrade.

    It owns nothing: it cannot change tables, nor drop what keeps the history append-only. Run as the owner.
    """
    give_role(name)


def give_role(name: str) -> None:
    """Make the role, if it is missing, and let it do what web and worker do."""
    role = sql.Identifier(name)
    with db.engine.begin() as connection:
        exists = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).scalar()
        wishes = [] if exists else [sql.SQL("CREATE ROLE {role} LOGIN")]
        wishes += [
            sql.SQL("GRANT USAGE ON SCHEMA public TO {role}"),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
            sql.SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        ]
        wishes += [sql.SQL(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {{role}}") for table in _ONLY_ADDED]
        wishes += [sql.SQL(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {{role}}") for table in _ONLY_READ]
        cursor = connection.connection.cursor()
        for wish in wishes:
            cursor.execute(wish.format(role=role))
