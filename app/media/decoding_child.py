"""The child that decoding.py keeps: forks once for each picture. Run by its path, so that nothing of the web is loaded.

Ends when its parent closes the line, also by dying.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import resource
import signal
import socket
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # The package without its __init__, which would put the whole application together.
    os.environ["VIPS_CONCURRENCY"] = "1"  # a picture has one process, and it no threads
    bare = types.ModuleType("app")
    bare.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["app"] = bare

from app.media import probing, renditions
from app.media.loading import Damaged, TooManyPixels, is_heavy

MEGABYTE = 1024 * 1024
#: The address space of one picture's process; what is loaded takes 300 MB of it before anything is decoded.
MOST_MEMORY = 1400 * MEGABYTE
TASKS: dict[str, Callable[..., Any]] = {
    "probe": probing.probe,
    "render": renditions.render,
    "render_all": renditions.render_all,
    "strips": renditions.strips,
    "emblems": renditions.emblems,
}


def answer(wish: dict[str, Any], data: bytes) -> tuple[str, Any]:
    """What came of it, in a word, and the result or the reason; what is heavy has to come again at its turn."""
    try:
        if not wish["is_heavy"] and is_heavy(data):
            return "heavy", None
        return "done", TASKS[wish["what"]](data, *wish["told"])
    except TooManyPixels as error:
        return "too_many_pixels", error.limit
    except Damaged as error:
        return "damaged", str(error)


def serve_one(line: socket.socket, file: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with line.makefile("rb") as source:
        wish = json.loads(source.readline())
    signal.setitimer(signal.ITIMER_REAL, wish["work_s"])
    reply = answer(wish, os.pread(file, os.fstat(file).st_size, 0))
    with line.makefile("wb") as sink:
        pickle.dump(reply, sink)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end ends this
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the forks
    control = socket.socket(fileno=int(sys.argv[1]))
    gc.freeze()  # so that a fork does not copy what it only reads
    while True:
        message, handles, _flags, _address = socket.recv_fds(control, 1, 2)
        if not message:
            return
        line = socket.socket(fileno=handles[0])
        if os.fork() == 0:
            with contextlib.suppress(OSError):
                serve_one(line, handles[1])
            os._exit(0)
        line.close()
        os.close(handles[1])


if __name__ == "__main__":
    main()
