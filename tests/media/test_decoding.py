"""Whatever a picture does to its decoder, the server stands, and so does everybody else's photo."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app.errors import Busy
from app.media import decoding, spool
from app.media.decoding import Decoder
from app.media.loading import Damaged
from tests.media import camera

pytestmark = pytest.mark.usefixtures("greek")
MB = 1024


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """A child of this test's own."""
    own = Decoder()
    yield own
    own._end()


def ask(decoder: Decoder, what: str, data: bytes) -> Any:
    """What it answers for these bytes."""
    with spool.spooled(data) as file:
        return decoder.ask(what, file)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in family(int(child)))]


def memory_kb(pid: int) -> int:
    """What it holds alone; what a fork shares with its parent counts once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def all_at_once(times: int, work: Callable[[], object]) -> list[object]:
    """What came of the same work in so many threads."""
    ended: list[object] = []

    def run(app: Flask) -> None:
        with app.app_context():
            try:
                ended.append(work())
            except Exception as error:
                ended.append(error)

    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threads = [threading.Thread(target=run, args=(app,)) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def child(decoder: Decoder) -> int:
    assert decoder._child is not None
    return decoder._child.pid


def test_eight_bombs_at_once_are_decoded_one_by_one_and_outside_the_server(decoder: Decoder) -> None:
    """34 bytes that unfold to 49 million pixels: eight of them took 3.2 GB of the server."""
    bomb = camera.file(Image.new("RGB", (7000, 7000)), "WEBP", lossless=True)
    ask(decoder, "probe", camera.file(camera.street()))
    before, peak, over = memory_kb(os.getpid()), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], sum(memory_kb(pid) for pid in family(child(decoder))))

    watching = threading.Thread(target=watch)
    watching.start()
    ended = all_at_once(8, lambda: ask(decoder, "probe", bomb).width)
    over.set()
    watching.join()
    assert set(ended) <= {7000} or {type(one) for one in ended if one != 7000} == {Busy}
    print(f"peak {peak[0] // MB} MB")
    assert peak[0] < 400 * MB, f"{peak[0] // MB} MB"
    assert memory_kb(os.getpid()) - before < 100 * MB


def half_red(mode: str = "RGB") -> Image.Image:
    """Larger than what Pillow decodes of its format: the left half red, the right one blue or see-through."""
    drawn = Image.new(mode, (5000, 3000), (0, 0, 255) if mode == "RGB" else (0, 0, 255, 0))
    drawn.paste((255, 0, 0), (0, 0, 2500, 3000))
    return drawn


@pytest.mark.parametrize(
    ("lossless", "mode", "right"), [(True, "RGB", "blue"), (False, "RGB", "blue"), (True, "RGBA", "white")]
)
def test_a_large_webp_is_drawn_as_any_other(decoder: Decoder, lossless: bool, mode: str, right: str) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    photo = camera.file(half_red(mode), "WEBP", lossless=lossless, exif=turned)
    assert ask(decoder, "probe", photo).width == 5000
    shown = Image.open(BytesIO(ask(decoder, "render_all", photo)["large"]))
    assert (shown.width, shown.height) == (1229, 2048)
    colours = {"red": (255, 0, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    for y, name in ((100, "red"), (1900, right)):
        seen = shown.getpixel((600, y))
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, colours[name], strict=True)) < 8


def test_a_large_webp_that_was_cut_off_is_damaged(decoder: Decoder) -> None:
    photo = camera.file(Image.effect_noise((4000, 4000), 50).convert("RGB"), "WEBP", quality=40)
    with pytest.raises(Damaged):
        ask(decoder, "probe", photo[: len(photo) // 2])


def test_a_large_picture_does_not_keep_small_ones_waiting(decoder: Decoder) -> None:
    bomb, small = camera.file(Image.new("RGB", (7000, 7000)), "WEBP"), camera.file(camera.street())
    ended: list[str] = []

    def either() -> None:
        large = threading.current_thread().name.endswith("-0")
        ask(decoder, "probe", bomb if large else small)
        ended.append("large" if large else "small")

    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context():
            either()

    threads = [threading.Thread(target=run, name=f"one-{number}") for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended[-1] == "large"


def test_a_picture_over_its_time_is_damaged(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = camera.file(Image.effect_noise((3000, 3000), 50), "PNG", compress_level=0)
    monkeypatch.setattr(decoding, "WORK_S", 0.05)
    with pytest.raises(Damaged):
        ask(decoder, "render_all", slow)
    monkeypatch.undo()
    assert ask(decoder, "probe", camera.file(camera.street())).width == 640


def test_when_the_child_is_killed_the_next_photo_gets_another(decoder: Decoder) -> None:
    photo = camera.file(camera.street())
    ask(decoder, "probe", photo)
    before = child(decoder)
    os.kill(before, signal.SIGKILL)
    time.sleep(0.1)
    assert ask(decoder, "probe", photo).width == 640
    assert child(decoder) != before


def test_when_no_place_is_free_people_are_told_to_come_again(
    decoder: Decoder, greek: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.media.gate import place

    monkeypatch.setattr(decoding, "WAIT_S", 0.2)
    gate = Path(greek.config["DATA_DIR"]) / "decoding"
    with place(gate, "light", 1), place(gate, "light", 1), pytest.raises(Busy):
        ask(decoder, "probe", camera.file(camera.street()))
    assert ask(decoder, "probe", camera.file(camera.street())).width == 640


def test_only_one_large_picture_is_decoded_at_once(
    decoder: Decoder, greek: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.media.gate import place

    monkeypatch.setattr(decoding, "WAIT_S", 0.2)
    large = camera.file(Image.new("RGB", (4000, 4000)), "PNG")
    with place(Path(greek.config["DATA_DIR"]) / "decoding", "heavy", 1):
        with pytest.raises(Busy):
            ask(decoder, "probe", large)
        assert ask(decoder, "probe", camera.file(camera.street())).width == 640
    assert ask(decoder, "probe", large).width == 4000


def test_the_child_ends_with_its_parent(decoder: Decoder) -> None:
    ask(decoder, "probe", camera.file(camera.street()))
    pid, line = child(decoder), decoder._line
    assert line is not None
    line.close()
    deadline = time.monotonic() + 5
    while family(pid) and Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if decoder._child is not None and decoder._child.poll() is not None:
            break
        time.sleep(0.05)
    assert decoder._child is not None
    assert decoder._child.poll() == 0
