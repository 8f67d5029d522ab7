"""Settings of one installation, read once from the environment.

Every name here may be set as an environment variable; docs/operating.md lists them for the operator.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024


def data_dir() -> Path:
    """Where the private cluster, photos, mail and demo.json live; absolute."""
    return Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()


def _secret_key() -> str:
    from_env = os.environ.get("SECRET_KEY")
    if from_env:
        return from_env
    kept = data_dir() / "secret_key"
    if kept.exists():
        return kept.read_text().strip()
    raise RuntimeError(f"No SECRET_KEY: set it, or let script/server write one to {kept}.")


def _database_uri() -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise RuntimeError("No DATABASE_URL: script/server sets it, or name a PostgreSQL with PostGIS.")
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def from_environment() -> dict[str, Any]:
    """All settings as a mapping for ``app.config``.

    Raises RuntimeError with one clear sentence when a necessary one is missing.
    """
    env = os.environ.get
    public_url = (env("PUBLIC_URL") or f"http://{env('HOST', '127.0.0.1')}:{env('PORT', '8000')}").rstrip("/")
    https = public_url.startswith("https://")
    secure = https or env("SECURE_COOKIES", "0") == "1"
    # A cookie of this name is taken by browsers only over HTTPS and from this very host (RFC 6265bis, 4.1.3.2).
    prefix = "__Host-" if https else ""
    return {
        "SECRET_KEY": _secret_key(),
        "DATA_DIR": data_dir(),
        "SQLALCHEMY_DATABASE_URI": _database_uri(),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 4,  # kept open; each is a process of PostgreSQL
            "max_overflow": 8,
            "pool_pre_ping": False,
            # psycopg prepares by itself what came so often; here only what asked for it (app/prepared.py).
            "connect_args": {"prepare_threshold": 2**31},
            "hide_parameters": True,  # words, keys and addresses of people do not belong in a log
        },
        # Five photos of 20 MB each and the form around them.
        "MAX_CONTENT_LENGTH": 5 * 20 * MEGABYTE + MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        # Any store that obstore opens (file:///…, s3://bucket/…); default: files under DATA_DIR.
        "PHOTO_STORE_URL": env("PHOTO_STORE_URL") or (data_dir() / "photos").as_uri(),
        # Megabytes of the disk that photos and drafts leave to reports and the office; None: 5 %, at most 2 GB.
        "DISK_RESERVE_MB": int(env("DISK_RESERVE_MB") or 0) or None,
        # How people reach this installation; links in letters begin with it.
        "PUBLIC_URL": public_url,
        # Further names (host, or host:port) that links in answers may begin with when a request names them.
        "ALLOWED_HOSTS": env("ALLOWED_HOSTS", "").lower().replace(",", " ").split(),
        # smtp://user:password@host:port or smtps://…; empty: letters are kept as files under DATA_DIR/mail.
        "SMTP_URL": env("SMTP_URL", ""),
        # Who hears by letter that the disk is getting full; empty: nobody.
        "OPERATOR_EMAIL": env("OPERATOR_EMAIL", ""),
        "MAIL_FROM": env("MAIL_FROM", "kathimerina@localhost.localdomain"),
        # Web Push: the town's key (PEM, or base64url of the raw key); empty: made once in DATA_DIR/vapid_key.pem.
        "VAPID_PRIVATE_KEY": env("VAPID_PRIVATE_KEY", ""),
        # Whom a push service may write to about us; empty: mailto:MAIL_FROM.
        "VAPID_SUBJECT": env("VAPID_SUBJECT", ""),
        # For tests only: push services on this machine, without TLS.
        "PUSH_LOCAL": env("PUSH_LOCAL", "0") == "1",
        "BABEL_DEFAULT_LOCALE": "el",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Athens",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
        # Raster tiles for a town without a ground of its own; empty: OpenStreetMap's; off: outlines, nothing leaves.
        "TILE_URL": env("TILE_URL", ""),
        # A geocoder that answers in GeoJSON, with {q} and perhaps {lon} and {lat}, for what our streets do not know.
        "GEOCODER_URL": env("GEOCODER_URL", ""),
        # A PMTiles file with our layers, instead of an import; empty: none.
        "GROUND_PMTILES": env("GROUND_PMTILES", ""),
        # Seconds for which a process knows whether there is a ground of our own.
        "GROUND_KNOWN_S": 10,
        "TILE_ATTRIBUTION": env("TILE_ATTRIBUTION", ""),
        # The town's own face, with files absolute or in DATA_DIR; ours where it is empty or no good (flask doctor).
        "TOWN_CREST": env("TOWN_CREST", ""),  # SVG or PNG
        "TOWN_PHOTO": env("TOWN_PHOTO", ""),  # JPEG, PNG or WebP
        "TOWN_COLOUR": env("TOWN_COLOUR", ""),  # #rrggbb
        # For whoever changes what a citizen sees: the page of all components, /styleguide. Not for a town at work.
        "STYLEGUIDE": env("STYLEGUIDE", "0") == "1",
        "TRUSTED_PROXIES": int(env("TRUSTED_PROXIES", "0")),
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "DEVICE_COOKIE": f"{prefix}device",
        "DOOR_COOKIE": f"{prefix}door",
        "LANGUAGE_COOKIE": f"{prefix}language",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        # Where limits are counted: our own PostgreSQL, or redis://… and the like.
        "RATELIMIT_STORAGE_URI": env("RATELIMIT_STORAGE_URI") or "postgresql://",
        # Roles that have to show a second factor (TOTP or passkey) besides the password.
        "SECOND_FACTOR_ROLES": env("SECOND_FACTOR_ROLES", "").lower().replace(",", " ").split(),
    }
