"""Small manners of the API that every flat's routes share: JSON, ETag and If-Match, Idempotency-Key."""

from __future__ import annotations

import gzip
import hashlib
import re
from typing import Any

import orjson
from flask import Flask, Response, request, session
from flask.json.provider import JSONProvider
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields

from app.errors import Invalid, VersionRequired


class OrjsonProvider(JSONProvider):
    """orjson for everything Flask writes; lazy translations become text."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)


def json_answer(
    body: Any, status: int = 200, *, version: int | None = None, mimetype: str = "application/json"
) -> Response:
    """A JSON response; ``version`` becomes its ETag, and an If-None-Match that has it gets 304."""
    response = Response(
        orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z),
        status=status,
        mimetype=mimetype,
    )
    if version is not None:
        # The body belongs to it: the same version reads otherwise in English, to the office, or when a step is done.
        response.set_etag(f"{version}-{hashlib.sha256(response.get_data()).hexdigest()[:12]}")
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
        if request.method == "GET":
            response.make_conditional(request)
    return response


def require_if_match() -> int:
    """The version in If-Match. Raises VersionRequired without one, Invalid for one that is none of ours."""
    if not request.if_match:
        raise VersionRequired(
            _l("Στείλτε το ETag που διαβάσατε στην κεφαλίδα If-Match, ώστε να μη χαθεί η αλλαγή κάποιου άλλου.")
        )
    tags = [(tag or "").partition("-")[0] for tag in request.if_match.as_set()]
    if len(tags) != 1 or not re.fullmatch("[0-9]{1,9}", tags[0]):
        raise Invalid({"If-Match": [_l('Δώστε ένα ETag, όπως "3".')]})
    return int(tags[0])


class Problem(Schema):
    """An error, as RFC 9457 says it; some carry further members, which the page of the API names."""

    type = fields.String(required=True, metadata={"description": "an address whose last part names the kind of error"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "what to do, in the reader's language"})
    errors = fields.Dict(keys=fields.String(), metadata={"description": "the sentences for each field"})


#: marshmallow's own sentences, in the reader's language. A field copies them when it is made, so they are set here,
#: where every schema of ours comes from.
FIELD_SENTENCES: dict[type[fields.Field[Any]], dict[str, Any]] = {
    fields.Field: {
        "required": _l("Συμπληρώστε αυτό το πεδίο."),
        "null": _l("Αυτό το πεδίο δεν μπορεί να είναι κενό."),
        "validator_failed": _l("Η τιμή δεν είναι σωστή."),
    },
    fields.String: {"invalid": _l("Δώστε κείμενο."), "invalid_utf8": _l("Δώστε κείμενο.")},
    fields.Float: {"invalid": _l("Δώστε έναν αριθμό."), "special": _l("Δώστε έναν αριθμό.")},
    fields.Integer: {"invalid": _l("Δώστε ακέραιο αριθμό.")},
    fields.Boolean: {"invalid": _l("Δώστε true ή false.")},
    fields.List: {"invalid": _l("Δώστε λίστα.")},
    fields.Dict: {"invalid": _l("Δώστε αντικείμενο JSON.")},
    fields.Nested: {"type": _l("Δώστε αντικείμενο JSON.")},
    fields.UUID: {"invalid_uuid": _l("Δώστε ένα UUID.")},
    fields.Date: {"invalid": _l("Δώστε ημερομηνία όπως 2026-05-01.")},
    fields.AwareDateTime: {
        "invalid": _l("Δώστε ημερομηνία και ώρα με ζώνη, όπως 2026-05-01T10:30:00+03:00."),
        "invalid_awareness": _l("Δώστε ημερομηνία και ώρα με ζώνη, όπως 2026-05-01T10:30:00+03:00."),
    },
    fields.Enum: {"unknown": _l("Διαλέξτε μία από τις τιμές της τεκμηρίωσης.")},
}


for _kind, _sentences in FIELD_SENTENCES.items():
    _kind.default_error_messages = {**_kind.default_error_messages, **_sentences}


class Input(Schema):
    """What comes in. Unknown members are left aside: programs send more than we asked for."""

    class Meta:
        unknown = EXCLUDE

    error_messages = {"type": _l("Δώστε αντικείμενο JSON.")}


#: Photos come as multipart; nothing else that we read is long.
LONGEST_BODY = 1024 * 1024


_TEXTS = frozenset(
    {
        "text/html",
        "text/javascript",
        "application/json",
        "application/geo+json",
        "application/atom+xml",
        "image/svg+xml",
        "application/vnd.mapbox-vector-tile",
    }
)
_WORTH_IT_BYTES = 800
#: Cache-Control of what has its version in its address.
FOR_EVER = "public, max-age=31536000, immutable"


def compress(response: Response) -> Response:
    """Text as gzip for whoever takes it: on a line of 400 kbit/s that is a second or two.

    Answers of the API with an ETag stay as they are: it is sent back in If-Match and names these very bytes. The
    session cookie is SameSite, so no foreign page can have a private page of ours sent to guess at its secrets.
    """
    fits = response.mimetype in _TEXTS and response.status_code == 200 and not response.is_streamed
    if not fits or response.content_encoding or (request.path.startswith("/api/") and response.get_etag()[0]):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or len(response.get_data()) < _WORTH_IT_BYTES:
        return response
    response.set_data(gzip.compress(response.get_data(), compresslevel=5, mtime=0))
    response.content_encoding = "gzip"
    return response


def register(app: Flask) -> None:
    """orjson for everything Flask writes itself; short bodies; private answers never cached; text squeezed."""
    app.json = OrjsonProvider(app)
    # The first to be registered is the last to run, when everything else about the answer is settled.
    app.after_request(compress)

    @app.before_request
    def keep_bodies_short() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = LONGEST_BODY

    @app.after_request
    def keep_private(response: Response) -> Response:
        signed_in = "Authorization" in request.headers or "_user_id" in session
        if signed_in and request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
