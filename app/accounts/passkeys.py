"""Passkeys (WebAuthn level 2) as the second step: a phone, a laptop or a key that signs for this very address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from app.accounts.factors import factors_of
from app.accounts.models import FactorKind, SecondFactor, StaffSession, User
from app.errors import Invalid, LoginRequired
from app.extensions import db
from app.logs import security

LONGEST = 20_000


def _origin() -> str:
    parts = urlsplit(current_app.config["PUBLIC_URL"])
    return f"{parts.scheme}://{parts.netloc}"


def _host() -> str:
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or ""


def are_possible() -> bool:
    """Browsers make passkeys for a name over HTTPS, and for localhost; never for a bare address."""
    try:
        ip_address(_host())
    except ValueError:
        return _host() == "localhost" or _origin().startswith("https://")
    return False


def _known(factors: Sequence[SecondFactor]) -> list[PublicKeyCredentialDescriptor]:
    """The passkeys among these."""
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(factor.credential))
        for factor in factors
        if factor.credential
    ]


def registration_options(user: User, session: StaffSession) -> str:
    """What the browser is to make, as JSON; the challenge in it is this session's, and good once."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name="Kathimerina",
        user_id=str(user.id).encode(),
        user_name=user.email,
        user_display_name=user.name,
        exclude_credentials=_known(factors_of(user)),
    )
    session.challenge = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def add(user: User, session: StaffSession, credential: str, name: str, *, at: datetime) -> None:
    """Keep the passkey that the browser made for this session's challenge. Raises Invalid."""
    challenge, session.challenge = session.challenge, None
    try:
        made = verify_registration_response(
            credential=_short(credential),
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=_host(),
            expected_origin=_origin(),
        )
    except (WebAuthnException, ValueError):
        raise Invalid({"credential": [_l("Το κλειδί δεν καταχωρίστηκε. Δοκιμάστε ξανά.")]}) from None
    db.session.add(
        SecondFactor(
            user_id=user.id,
            kind=FactorKind.PASSKEY,
            name=name.replace("\0", "").strip()[:100],
            secret=bytes_to_base64url(made.credential_public_key),
            credential=bytes_to_base64url(made.credential_id),
            counter=made.sign_count,
            made_at=at,
        )
    )


def authentication_options(factors: Sequence[SecondFactor], session: StaffSession) -> str | None:
    """What the browser is to sign with one of these, as JSON; None when none is a passkey that would work here."""
    credentials = _known(factors) if are_possible() else []
    if not credentials:
        return None
    options = generate_authentication_options(rp_id=_host(), allow_credentials=credentials)
    session.challenge = bytes_to_base64url(options.challenge)
    return options_to_json(options)


def verify(user: User, session: StaffSession, credential: str, *, at: datetime) -> None:
    """Accept what a passkey of this person signed, once. Raises LoginRequired."""
    challenge, session.challenge = session.challenge, None
    try:
        shown = parse_authentication_credential_json(_short(credential))
        factor = db.session.scalars(
            select(SecondFactor)
            .where(SecondFactor.user_id == user.id, SecondFactor.credential == shown.id)
            .with_for_update()
        ).one_or_none()
        if factor is None or challenge is None:
            raise ValueError("no such passkey, or nobody asked for it")
        signed = verify_authentication_response(
            credential=shown,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(factor.secret),
            credential_current_sign_count=factor.counter,
        )
    except (WebAuthnException, ValueError):
        security.info("refused at the second step: account %s, by passkey", user.id)
        raise LoginRequired(_l("Το κλειδί δεν αναγνωρίστηκε. Δοκιμάστε ξανά ή γράψτε έναν κωδικό.")) from None
    factor.counter, factor.used_at = signed.new_sign_count, at


def _short(credential: str) -> str:
    if len(credential) > LONGEST:
        raise ValueError("longer than any passkey's answer")
    return credential
