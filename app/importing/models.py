"""How far imports have come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class ImportRun(Model):
    """How far the import of one file has come; written in the same transaction as its rows, so it can go on."""

    __tablename__ = "import_run"

    origin: Mapped[str] = mapped_column(primary_key=True)
    file_digest: Mapped[str] = mapped_column(primary_key=True)
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    known_already: Mapped[int] = mapped_column(default=0)
    outside: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
