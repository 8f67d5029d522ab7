"""What eight pictures at once cost in memory: all processes of the server together, at the peak.

Starts a server of its own and sends, each eight times at once: an empty lossless WebP of 7000×7000, and pictures of 50
megapixels with the grain of a photo. Prints MB of PSS, what each was answered, and how long others waited for a page
meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
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

from PIL import Image
from pillow_heif import register_heif_opener

ROOT = Path(__file__).resolve().parents[1]
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


class Server:
    """script/serve.py on a folder of its own, without a demo town."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        environment = os.environ | {"PORT": self.url.rpartition(":")[2], "DATA_DIR": str(folder), "DEMO": "0"}
        environment.pop("DATABASE_URL", None)
        log = (folder / "server.log").open("wb")
        command = [sys.executable, str(ROOT / "script" / "serve.py")]
        self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 90
        while "Ctrl-C stops it" not in (folder / "server.log").read_text():
            if time.monotonic() > deadline:
                sys.exit((folder / "server.log").read_text())
            time.sleep(0.2)

    def ask(self, browser: OpenerDirector, method: str, path: str, body: bytes, **headers: str) -> int:
        asked = urllib.request.Request(self.url + path, body or None, headers, method=method)  # noqa: S310
        try:
            with browser.open(asked, timeout=90) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code

    def send(self, picture: bytes) -> int:
        """Like a phone: opened, then in pieces; what the last piece was answered, patiently after 503."""
        browser = build_opener(HTTPCookieProcessor())  # an upload belongs to the browser that began it
        path = f"/api/v1/uploads/{uuid.uuid4()}"
        opened = json.dumps({"length": len(picture), "name": "photo"}).encode()
        status = self.ask(browser, "PUT", path, opened, **{"Content-Type": "application/json"})
        if status >= 400:
            sys.exit(f"an upload was refused with {status}")
        for start in range(0, len(picture), PIECE):
            headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
            while (status := self.ask(browser, "PATCH", path, picture[start : start + PIECE], **headers)) == 503:
                time.sleep(1)
        return status

    def memory_mb(self) -> float:
        """PSS of every process that works for this folder."""
        total = 0
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                ours = f"DATA_DIR={self.folder}\0".encode() in (entry / "environ").read_bytes()
                if ours or (entry / "cwd").readlink().is_relative_to(self.folder):
                    lines = (entry / "smaps_rollup").read_text().splitlines()
                    total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


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


def all_at_once(server: Server, picture: bytes) -> list[int]:
    """What each of the senders was answered at last."""
    said: list[int] = []
    senders = [threading.Thread(target=lambda: said.append(server.send(picture))) for _ in range(TIMES)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return sorted(said)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the private cluster runs as another user
        server = Server(Path(folder))

        def waited() -> float:
            began = time.monotonic()
            server.ask(build_opener(), "GET", "/reports", b"")
            return time.monotonic() - began

        try:
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
