"""How the web is served, wherever gunicorn is started from this folder; the command line may say otherwise."""

import gc
import os
from typing import Any

worker_class = "app.front.FrontWorker"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 8  # most of them may be at photos (app/media/decoding.py), and the others serve everybody
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
graceful_timeout = 10
control_socket_disable = True

# Loaded once and shared by all workers: less memory, and a worker that was killed is followed by another at once.
preload_app = True


def when_ready(server: Any) -> None:
    gc.collect()
    gc.freeze()  # what never changes stays shared: the collector would write into every object of it
