"""Children that go on from what this process has loaded: they share its memory, and are there at once."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from cluster import LIBC, die_with_parent

ROOT = Path(__file__).resolve().parents[1]
_PR_SET_NAME = 15


def load(environment: Mapping[str, str]) -> None:
    """The application of this environment, once for all children to come. Raises click.ClickException."""
    os.environ.update(environment)
    sys.path.insert(0, str(ROOT))
    import gunicorn.app.wsgiapp  # noqa: F401

    import wsgi  # noqa: F401

    gc.collect()
    gc.freeze()  # the collector would write into every object, and so copy what is shared


def on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """What a request to stop does to this process."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(each) != signal.SIG_IGN or each != signal.SIGHUP:  # nohup stays nohup
            signal.signal(each, action)


def gunicorn_main(*arguments: str) -> None:
    """``gunicorn`` with these arguments."""
    from gunicorn.app.wsgiapp import run

    sys.argv = ["gunicorn", *arguments]
    run()


def flask_main(*arguments: str, app: str = "wsgi") -> None:
    """``flask`` with these arguments, with the application loaded or another."""
    from flask.cli import main

    sys.argv = ["flask", "--app", app, *arguments]
    main()


class Forked:
    """A child; of what ``Popen`` knows, what script/serve.py asks.

    Begins as a program of its own would: no file is open but the standard three, no signal is handled. ``name``, of at
    most 15 characters, is what ``ps`` and ``top`` show.
    """

    def __init__(
        self, name: str, work: Callable[[], None], environment: Mapping[str, str], if_orphaned: signal.Signals
    ) -> None:
        arm = die_with_parent(if_orphaned)
        self.returncode: int | None = None
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                arm()
                _begin_anew(name, environment)
                work()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            except BaseException:
                traceback.print_exc()
            finally:
                with contextlib.suppress(OSError):
                    sys.stdout.flush()
                os._exit(code)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired when it still runs after so many seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(0.02)
        return code

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def _begin_anew(name: str, environment: Mapping[str, str]) -> None:
    # Ctrl-C is for the parent alone, which then stops the others in order.
    os.setsid()
    on_signals(signal.SIG_DFL)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the folder's lock among them, which must end with the parent
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    if sys.platform == "linux":
        LIBC.prctl(_PR_SET_NAME, name.encode())
