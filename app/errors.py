"""Every error of the domain, and its one mapping to HTTP; imports nothing of ours.

Programs get RFC 9457 ``application/problem+json``; people get a page in their language.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, json, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError

#: When to come again, where nobody knows better.
SOON_S = 60
_FOR_NOW = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE)


class DomainError(Exception):
    """Something the reader can understand and act on.

    ``status`` is the HTTP status, ``kind`` the last part of the problem's type, ``title`` one short line and
    ``detail`` the sentence that says what to do. ``extra`` goes into the problem as further members.
    """

    status: int = 400
    kind: str = "bad-request"
    title: Any = _l("Το αίτημα δεν έγινε δεκτό")

    def __init__(self, detail: Any = "", **extra: Any) -> None:
        super().__init__(str(detail))
        self.detail = detail or self.title
        self.extra = extra


class NotFound(DomainError):
    status, kind, title = 404, "not-found", _l("Δεν βρέθηκε")


class LoginRequired(DomainError):
    status, kind, title = 401, "login-required", _l("Χρειάζεται σύνδεση")


class Forbidden(DomainError):
    status, kind, title = 403, "forbidden", _l("Δεν έχετε δικαίωμα για αυτή την ενέργεια")


class MoveNotAllowed(DomainError):
    """The life cycle has no such move from the present state."""

    status, kind, title = 409, "move-not-allowed", _l("Η ενέργεια δεν γίνεται σε αυτή την κατάσταση")


class Stale(DomainError):
    """Somebody else changed the thing since the reader looked (If-Match did not match)."""

    status, kind, title = 412, "stale", _l("Κάποιος άλλος το άλλαξε στο μεταξύ")


class VersionRequired(DomainError):
    """An edit came without If-Match."""

    status, kind, title = 428, "version-required", _l("Λείπει η έκδοση (If-Match)")


class Invalid(DomainError):
    """Wrong input. ``errors`` maps a field's name to the sentences shown at that field."""

    status, kind, title = 422, "invalid", _l("Κάτι χρειάζεται διόρθωση")

    def __init__(self, errors: dict[str, Any], detail: Any = "", **extra: Any) -> None:
        super().__init__(
            detail or _l("Ελέγξτε τα σημειωμένα πεδία και στείλτε ξανά· τίποτα δεν χάθηκε."), errors=errors, **extra
        )
        self.errors = errors


class OutsideTown(DomainError):
    """The point lies outside the municipality; ``neighbour`` says whose it is, if known."""

    status, kind, title = 422, "outside-municipality", _l("Το σημείο είναι εκτός του Δήμου")


class PhotoRefused(DomainError):
    """A file that is no photo we can keep; the detail says why and names the file."""

    status, kind, title = 422, "photo-refused", _l("Η φωτογραφία δεν έγινε δεκτή")


class UploadOffset(DomainError):
    """A piece of a photo that does not begin where the last one ended; ``offset`` says where that is."""

    status, kind, title = 409, "upload-offset", _l("Το κομμάτι δεν αρχίζει εκεί που σταμάτησε η φωτογραφία")


class CrossSite(DomainError):
    """A page of another site sent this in the reader's name."""

    status, kind, title = 403, "cross-site", _l("Το αίτημα ήρθε από άλλον ιστότοπο")

    def __init__(self) -> None:
        super().__init__(_l("Τίποτα δεν άλλαξε. Ανοίξτε τη δική μας σελίδα και στείλτε το από εκεί."))


class NotNow(DomainError):
    """Something of ours is away or full for a while; ``wait_s`` says when to come again."""

    status, kind, title = 503, "unavailable", _l("Σε λίγο είμαστε πάλι εδώ")
    wait_s = SOON_S


class Busy(NotNow):
    """More at once than this machine can hold."""

    kind, title, wait_s = "busy", _l("Έχουμε πολλή δουλειά αυτή τη στιγμή"), 15

    def __init__(self) -> None:
        super().__init__(_l("Τίποτα δεν χάθηκε. Δοκιμάστε ξανά σε λίγα δευτερόλεπτα."))


class StorageUnavailable(NotNow):
    """Photos cannot be kept, or fetched, at the moment."""

    kind, title = "store-away", _l("Οι φωτογραφίες δεν αποθηκεύονται αυτή τη στιγμή")

    def __init__(self) -> None:
        super().__init__(_l("Στείλτε την αναφορά τώρα χωρίς φωτογραφία, και προσθέστε τη φωτογραφία αργότερα."))


class StorageFull(NotNow):
    """The disk is full but for what reports and the office need."""

    status, kind, title, wait_s = 507, "no-room", _l("Δεν χωρούν άλλες φωτογραφίες αυτή τη στιγμή"), 600

    def __init__(self) -> None:
        super().__init__(_l("Το φροντίζουμε. Στείλτε την αναφορά χωρίς φωτογραφία, ή δοκιμάστε ξανά αργότερα."))


class RateLimited(DomainError):
    """Done more often than one should; ``g.wait_s`` says when to come again."""

    status, kind, title = 429, "too-many-requests", _l("Πολλά αιτήματα σε λίγο χρόνο")


class KeyReused(DomainError):
    """One Idempotency-Key with two different bodies."""

    status, kind, title = 422, "idempotency-key-reused", _l("Το Idempotency-Key έχει ήδη χρησιμοποιηθεί")


def wants_problem() -> bool:
    """True for programs: the paths of the API and of tiles, or whoever asks for JSON rather than HTML."""
    if request.path.startswith(("/api/", "/tiles/")):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def plain(value: Any) -> Any:
    """Turn lazy translations inside lists and mappings into text of the reader's language."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def problem(status: int, kind: str, title: Any, detail: Any, extra: dict[str, Any] | None = None) -> Response:
    """An RFC 9457 answer."""
    body = {"type": f"/problems/{kind}", "title": str(title), "status": status, "detail": str(detail)}
    body |= plain(extra or {})
    return Response(json.dumps(body), status=status, mimetype="application/problem+json")


def answer(status: int, kind: str, title: Any, detail: Any, extra: dict[str, Any] | None = None) -> Response:
    """The error as a problem for programs or as a page for people."""
    if wants_problem():
        return problem(status, kind, title, detail, extra)
    page = render_template("error.html", status=status, title=title, detail=detail, extra=plain(extra or {}))
    return Response(page, status=status)


def http_sentence(status: int) -> str:
    """What a person should do about a plain HTTP error."""
    sentences = {
        400: _("Το αίτημα δεν ήταν σωστό. Ελέγξτε το και δοκιμάστε ξανά."),
        401: _("Συνδεθείτε και δοκιμάστε ξανά."),
        403: _("Δεν έχετε δικαίωμα για αυτή την ενέργεια."),
        404: _("Η σελίδα δεν υπάρχει. Ελέγξτε τη διεύθυνση ή ξεκινήστε από την αρχική."),
        405: _("Αυτή η ενέργεια δεν γίνεται εδώ."),
        413: _("Τα αρχεία είναι πολύ μεγάλα. Στείλτε έως 5 φωτογραφίες, έως 20 MB η καθεμία."),
        415: _("Αυτή η μορφή δεν υποστηρίζεται."),
        422: _("Ελέγξτε τα σημειωμένα πεδία και στείλτε ξανά· τίποτα δεν χάθηκε."),
        429: _("Πολλά αιτήματα σε λίγο χρόνο. Περιμένετε ένα λεπτό και δοκιμάστε ξανά."),
        500: _("Κάτι πήγε στραβά από τη μεριά μας. Ό,τι είχε αποθηκευτεί είναι ασφαλές. Δοκιμάστε ξανά σε λίγο."),
    }
    minutes = -(-g.get("wait_s", SOON_S) // 60)
    if status == HTTPStatus.TOO_MANY_REQUESTS and minutes > 1:
        return _("Πολλά αιτήματα σε λίγο χρόνο. Δοκιμάστε ξανά σε %(minutes)s λεπτά.", minutes=minutes)
    return sentences.get(status, sentences[400 if status < 500 else 500])


def _domain(error: DomainError) -> Response:
    if isinstance(error, NotNow):
        g.wait_s = error.wait_s
    response = answer(error.status, error.kind, error.title, error.detail, error.extra)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def http_answer(error: HTTPException) -> Response:
    """A plain HTTP error as a problem for programs or as a page for people."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    extra: dict[str, Any] = {}
    data = getattr(error, "data", None)
    if isinstance(data, dict) and data.get("messages"):
        extra["errors"] = data["messages"]
    name = "invalid" if status == 422 else HTTPStatus(status).phrase.lower().replace(" ", "-")
    titles = {404: _("Η σελίδα δεν βρέθηκε"), 422: Invalid.title}
    title = titles.get(status, _("Το αίτημα δεν έγινε δεκτό") if status < 500 else _("Σφάλμα"))
    response = answer(status, name, title, http_sentence(status), extra)
    for key, value in error.get_headers():
        if key.lower() not in ("content-type", "content-length"):
            response.headers[key] = value
    return response


def _unexpected(error: InternalServerError) -> Response:
    """Ours; the number is the request's, under which the log tells the rest."""
    return answer(500, "internal", _("Σφάλμα"), http_sentence(500), {"request": g.get("request_id", "")})


def come_again(response: Response) -> Response:
    """Whoever is sent away for now, by a problem or on a page that keeps what was typed, hears when to come again."""
    if response.status_code in _FOR_NOW:
        response.headers.setdefault("Retry-After", str(g.get("wait_s", SOON_S)))
    return response


def register(app: Flask) -> None:
    """Attach the mapping to an application."""
    app.after_request(come_again)
    app.register_error_handler(ValidationError, lambda wrong: _domain(Invalid(wrong.normalized_messages())))
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, http_answer)
    app.register_error_handler(InternalServerError, _unexpected)
