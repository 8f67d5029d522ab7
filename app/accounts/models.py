"""Staff users and the bearer tokens of programs."""

from __future__ import annotations

import enum
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, enum_text


class Role(enum.StrEnum):
    DISPATCHER = "dispatcher"
    CREW = "crew"
    HEAD = "head"
    ADMIN = "admin"


class User(UserMixin, Model):  # type: ignore[misc]
    """One member of the staff."""

    __tablename__ = "staff_user"
    __table_args__ = (Index("uq_staff_user_email", func.lower(text("email")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_text(Role, "staff_role"))
    language: Mapped[str] = mapped_column(default="el")
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def is_active(self) -> bool:
        return self.active


class StaffSession(Model):
    """One browser in which a member of the staff is signed in; only the SHA-256 of its key is kept."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    #: As it was at the door: with another one the session is over.
    role: Mapped[Role] = mapped_column(enum_text(Role, "session_role"))
    device: Mapped[str]
    #: Whether the second factor was shown, or none is asked for.
    passed: Mapped[bool]
    #: What a passkey is to sign next (base64url); good once.
    challenge: Mapped[str | None]
    started_at: Mapped[datetime]
    used_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class FactorKind(enum.StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


class SecondFactor(Model):
    """Something a member of the staff has besides the password."""

    __tablename__ = "second_factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FactorKind] = mapped_column(enum_text(FactorKind, "factor_kind"))
    name: Mapped[str] = mapped_column(default="")
    #: TOTP: the shared secret, encrypted (factors.py); passkey: the public key (base64url);
    #: recovery: Argon2id of the code.
    secret: Mapped[str]
    #: A passkey's credential id (base64url).
    credential: Mapped[str | None] = mapped_column(unique=True)
    #: TOTP: the last time step taken; passkey: its sign count. Nothing older is taken again.
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Scope(enum.StrEnum):
    """What a token may be used for; never more than its user may."""

    READ = "read"
    OFFICE = "office"
    WORK = "work"


class ApiToken(Model):
    """A program's key; only its SHA-256 is kept. With a user it acts as that user; without, it may only report."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (source IS NULL)", name="user_or_source"),
        CheckConstraint("source IN ('open311', 'device')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"), index=True)
    source: Mapped[str | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()


class CitizenDevice(Model):
    """A browser whose holder has shown, by a link sent there, that they read this address."""

    __tablename__ = "citizen_device"
    __table_args__ = (Index("ix_citizen_device_email", func.lower(text("email"))),)

    #: SHA-256 of the key in the browser's cookie.
    device: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(primary_key=True)
    verified_at: Mapped[datetime]


class MagicLink(Model):
    """A link sent to an address; good once and for a short time. Only its SHA-256 is kept."""

    __tablename__ = "magic_link"
    __table_args__ = (Index("ix_magic_link_email", func.lower(text("email")), "made_at"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    language: Mapped[str] = mapped_column(default="el")
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
