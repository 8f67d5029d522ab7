"""The people of script/chaos: citizens, dispatchers and crews who do not give up, and who note what they were told."""

from __future__ import annotations

import io
import json
import queue
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any

from PIL import Image
from urllib3.filepost import encode_multipart_formdata

#: Longest wait for an answer, and longest pause before the next try, in seconds.
PATIENCE_S, LONGEST_PAUSE_S = 30, 1.0
#: How long somebody goes on before it counts as lost work (the run then fails).
STUBBORN_S = 300
NOTHING: dict[str, str] = {}
JSON = {"Content-Type": "application/json"}
PIECE = 64 * 1024
BENCHES = (23.5484, 41.0856)


class GaveUp(Exception):
    """Refused for good, or not answered for five minutes."""


def grainy(grain: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    """A picture of this size that compresses like a photo, from noise of that size."""
    noise = Image.effect_noise(grain, 90)
    picture = Image.merge("RGB", (noise, noise.rotate(90).resize(noise.size), noise.rotate(180)))
    return picture.resize(size, Image.Resampling.BICUBIC)


def photos(how_many: int = 12) -> list[bytes]:
    """JPEGs of about 300 KB that compress like photos."""
    made = []
    for _number in range(how_many):
        out = io.BytesIO()
        grainy((400, 300), (1600, 1200)).save(out, "JPEG", quality=85)
        made.append(out.getvalue())
    return made


@dataclass
class Told:
    """What people were told; only what was answered with success is here."""

    #: Marker in the words of a report → its reference and how many photos it has.
    reports: dict[str, tuple[str, int]] = field(default_factory=dict)
    #: Report references by what the office was told of them: accept, schedule.
    decided: dict[str, set[str]] = field(default_factory=lambda: {"accept": set(), "schedule": set()})
    #: Orders that a crew was told are finished.
    finished: set[int] = field(default_factory=set)
    #: Moments (monotonic) at which a report was taken in.
    moments: list[float] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    #: Answers of 500.
    faults: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


class Person:
    """One browser or program; ``until`` repeats a request until it is answered with success."""

    def __init__(self, url: str, told: Told, **headers: str) -> None:
        self.url, self.told, self.headers = url, told, headers
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any, Any]:
        """Status (0: no answer), what the JSON says, headers."""
        asked = urllib.request.Request(self.url + path, body, self.headers | headers, method=method)  # noqa: S310
        try:
            with self.opener.open(asked, timeout=PATIENCE_S) as answer:
                return answer.status, json.loads(answer.read() or b"null"), answer.headers
        except urllib.error.HTTPError as refused:
            if refused.code == 500:
                self.told.faults.append(f"{time.strftime('%H:%M:%S')} {method} {path}: 500")
            with refused:
                try:
                    return refused.code, json.loads(refused.read()), refused.headers
                except (OSError, HTTPException, ValueError):
                    return 0, None, {}
        except (OSError, HTTPException, ValueError):
            return 0, None, {}

    def until(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] = NOTHING,
        enough: tuple[int, ...] = (),
    ) -> tuple[int, Any, Any]:
        """Ask until there is an answer that is final: success, or one of ``enough``."""
        deadline = time.monotonic() + STUBBORN_S
        while True:
            status, said, told = self.ask(method, path, body, headers)
            self.told.answers[str(status)] += 1
            if status in enough or 200 <= status < 300:
                return status, said, told
            if (400 <= status < 500 and status != 429) or time.monotonic() > deadline:
                raise GaveUp(f"{method} {path}: {status} {said}")
            time.sleep(min(LONGEST_PAUSE_S, float(told.get("Retry-After") or 0.3)))


class Town:
    """What the people share."""

    def __init__(self, url: str, told: Told, most: int) -> None:
        self.url, self.told, self.most = url, told, most
        self.photos = photos()
        self.numbers = iter(range(10**9))
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.to_decide: queue.Queue[str] = queue.Queue()
        self.to_do: queue.Queue[int] = queue.Queue()

    def next_number(self) -> int | None:
        """The next report's, or None when it is enough: most are sent, and the troubles are over."""
        with self.lock:
            number = next(self.numbers)
        return None if self.over.is_set() and number >= self.most else number

    def photo(self, mark: str) -> bytes:
        """A photo that nobody else has: what follows a JPEG's end belongs to no picture."""
        return random.choice(self.photos) + mark.encode()  # noqa: S311


def citizen(town: Town) -> None:
    """Reports one thing after the other: of ten, six with the photo at once, three in pieces, one without a photo."""
    while (number := town.next_number()) is not None:
        try:
            _report(town, number)
        except GaveUp as trouble:
            town.told.gave_up.append(str(trouble))


def _report(town: Town, number: int) -> None:
    mark = uuid.uuid4().hex
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    person = Person(town.url, town.told, **{"X-Forwarded-For": address})
    lon, lat = (round(base + random.uniform(-0.01, 0.01), 6) for base in BENCHES)  # noqa: S311
    report: dict[str, Any] = {
        "category": "bench",
        "location": {"type": "Point", "coordinates": [lon, lat]},
        "description": f"Σπασμένο παγκάκι {mark}",
        "contact": {"email": f"citizen{number}@example.org"},
    }
    manner = number % 10
    if manner in (1, 4, 7):
        report["uploads"] = [in_pieces(person, town.photo(mark))]
    if manner == 9 or "uploads" in report:
        body, kind = json.dumps(report).encode(), "application/json"
    else:
        photo = ("photo.jpg", town.photo(mark), "image/jpeg")
        body, kind = encode_multipart_formdata([("report", json.dumps(report)), ("photo", photo)])
    headers = {"Content-Type": kind, "Idempotency-Key": mark}
    _status, said, _headers = person.until("POST", "/api/v1/reports", body, headers)
    town.told.reports[mark] = (said["reference"], int(manner != 9))
    town.told.moments.append(time.monotonic())
    if number % 4 == 0:
        town.to_decide.put(said["reference"])


def in_pieces(person: Person, photo: bytes, piece: int = PIECE) -> str:
    """An upload as the phone does it, where the server stands is what counts; returns its id.

    Who never heard the first answer has no key yet, so that the upload is somebody else's: then under a new id.
    """
    upload = str(uuid.uuid4())
    path = f"/api/v1/uploads/{upload}"
    opened = json.dumps({"length": len(photo), "name": "photo.jpg"}).encode()
    status, said, _headers = person.until("PUT", path, opened, JSON, enough=(404,))
    if status == 404:
        return in_pieces(person, photo, piece)
    while said.get("photo") is None:
        start = said["offset"]
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
        some = photo[start : start + piece]
        _status, said, _headers = person.until("PATCH", path, some, headers, enough=(409,))
    return upload


def dispatcher(town: Town, token: str, crew: str) -> None:
    """Takes up what came in and sends the crew; after an answer that was lost, looks first."""
    person = Person(town.url, town.told, Authorization=f"Bearer {token}")
    while (reference := _next(town, town.to_decide)) is not None:
        path = f"/api/v1/reports/{reference}"
        try:
            _until_so(person, path, "received", f"{path}/moves", {"move": "accept"})
            town.told.decided["accept"].add(reference)
            _until_so(person, path, "accepted", f"{path}/work-orders", {"crew": crew})
            town.told.decided["schedule"].add(reference)
            _status, said, _headers = person.until("GET", f"{path}/work-orders")
            for order in said["items"]:
                town.to_do.put(order["id"])
        except GaveUp as trouble:
            town.told.gave_up.append(str(trouble))


def _until_so(person: Person, look: str, before: str, act: str, wanted: dict[str, Any]) -> None:
    """Act on what is seen; a lost answer, or a version that is stale by it, makes us look again."""
    deadline = time.monotonic() + STUBBORN_S
    while time.monotonic() < deadline:
        _status, said, headers = person.until("GET", look)
        if said["status"] != before:
            return
        told = JSON | {"If-Match": headers["ETag"]}
        status, refused, _headers = person.ask("POST", act, json.dumps(wanted).encode(), told)
        person.told.answers[str(status)] += 1
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in (409, 412, 429):
            raise GaveUp(f"POST {act}: {status} {refused}")
        time.sleep(0.3)
    raise GaveUp(f"POST {act}: nothing for {STUBBORN_S} s")


def crew(town: Town, token: str) -> None:
    """Starts and finishes with an after-photo; each deed under one key, however often it is sent."""
    person = Person(town.url, town.told, Authorization=f"Bearer {token}")
    while (order := _next(town, town.to_do)) is not None:
        path = f"/api/v1/work-orders/{order}"
        try:
            for move in ("start", "finish"):
                _status, _said, headers = person.until("GET", path)
                fields: list[tuple[str, Any]] = [("move", move)]
                if move == "finish":
                    fields.append(("photo", ("after.jpg", town.photo(f"order {order}"), "image/jpeg")))
                body, kind = encode_multipart_formdata(fields)
                told = {"If-Match": headers["ETag"], "Idempotency-Key": f"{move}-{order}", "Content-Type": kind}
                person.until("POST", f"{path}/moves", body, told)
            town.told.finished.add(order)
        except GaveUp as trouble:
            town.told.gave_up.append(str(trouble))


def _next(town: Town, waiting: queue.Queue[Any]) -> Any:
    """What comes next, or None once the troubles are over and nothing has come for a while."""
    while True:
        try:
            return waiting.get(timeout=2)
        except queue.Empty:
            if town.over.is_set():
                return None
