"""What eight pictures at once cost in memory: all processes of the server together, at the peak.

Starts a server of its own and sends, each eight times at once: an empty lossless WebP of 7000×7000, and pictures of 50
megapixels with the grain of a photo. Prints MB of PSS, what each was answered, and how long others waited for a page
meanwhile.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from own_server import OwnServer
from PIL import Image
from pillow_heif import register_heif_opener

PIECE = 1024 * 1024
TIMES = 8


def grainy() -> Image.Image:
    """50 megapixels that compress like a photo."""
    noise = Image.effect_noise((766, 574), 90)
    small = Image.merge("RGB", (noise, noise.rotate(90).resize(noise.size), noise.rotate(180)))
    return small.resize((8160, 6120), Image.Resampling.BICUBIC)


def pictures() -> dict[str, bytes]:
    register_heif_opener()
    photo, empty = grainy(), Image.new("RGB", (7000, 7000))

    def file(image: Image.Image, kind: str, **how: object) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **how)
        return out.getvalue()

    return {
        "empty lossless WebP, 49 MP": file(empty, "WEBP", lossless=True),
        "JPEG, 50 MP": file(photo, "JPEG", quality=90),
        "WebP, 50 MP": file(photo, "WEBP", quality=80),
        "HEIC, 50 MP": file(photo, "HEIF", quality=70),
    }


def ask(server: OwnServer, browser: OpenerDirector, method: str, path: str, body: bytes, **headers: str) -> int:
    asked = urllib.request.Request(server.url + path, body or None, headers, method=method)  # noqa: S310
    try:
        with browser.open(asked, timeout=90) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def send(server: OwnServer, picture: bytes) -> int:
    """Like a phone: opened, then in pieces; what the last piece was answered, patiently after 503."""
    browser = build_opener(HTTPCookieProcessor())  # an upload belongs to the browser that began it
    path = f"/api/v1/uploads/{uuid.uuid4()}"
    opened = json.dumps({"length": len(picture), "name": "photo"}).encode()
    status = ask(server, browser, "PUT", path, opened, **{"Content-Type": "application/json"})
    if status >= 400:
        sys.exit(f"an upload was refused with {status}")
    for start in range(0, len(picture), PIECE):
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
        while (status := ask(server, browser, "PATCH", path, picture[start : start + PIECE], **headers)) == 503:
            time.sleep(1)
    return status


def until(over: threading.Event, work: Callable[[], float]) -> tuple[threading.Thread, list[float]]:
    """Do it again and again beside everything else; the largest answer stands first."""
    worst = [0.0]

    def run() -> None:
        while not over.is_set():
            worst[0] = max(worst[0], work())
            time.sleep(0.02)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, worst


def all_at_once(server: OwnServer, picture: bytes) -> list[int]:
    """What each of the senders was answered at last."""
    said: list[int] = []
    senders = [threading.Thread(target=lambda: said.append(send(server, picture))) for _ in range(TIMES)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return sorted(said)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the private cluster runs as another user
        server = OwnServer(Path(folder) / "data")

        def waited() -> float:
            began = time.monotonic()
            server.answer("/reports", patience_s=90)
            return time.monotonic() - began

        try:
            server.wait_until_ready()
            print(f"{'':28}{'memory':>8}  others waited  answers   (quiet: {server.memory_mb():.0f} MB)")
            for name, picture in pictures().items():
                over = threading.Event()
                watching = [until(over, server.memory_mb), until(over, waited)]
                said = all_at_once(server, picture)
                over.set()
                for thread, _worst in watching:
                    thread.join()
                (peak,), (wait,) = (worst for _thread, worst in watching)
                print(f"{name:28}{peak:5.0f} MB  {wait:10.2f} s   {said}", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
