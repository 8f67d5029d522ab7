"""What eight pictures at once cost in memory: all processes of the server together, at the peak.

Starts a server of its own and sends, each eight times at once: an empty lossless WebP of 7000×7000, and pictures of 50
megapixels with the grain of a photo. Prints MB of PSS, what each was answered, and how long others waited for a page
meanwhile.
"""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from chaos_people import Person, Told, grainy, in_pieces
from own_server import OwnServer
from PIL import Image
from pillow_heif import register_heif_opener

PIECE = 1024 * 1024
TIMES = 8


def pictures() -> dict[str, bytes]:
    register_heif_opener()
    photo, empty = grainy((766, 574), (8160, 6120)), Image.new("RGB", (7000, 7000))

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


def all_at_once(server: OwnServer, picture: bytes) -> dict[str, int]:
    """What the senders were answered, and how often; each is a browser of its own, patient after 503."""
    told = Told()
    senders = [
        threading.Thread(target=in_pieces, args=(Person(server.url, told), picture, PIECE)) for _ in range(TIMES)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return dict(told.answers)


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
