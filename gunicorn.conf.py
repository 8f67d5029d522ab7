"""How the web is served, wherever gunicorn is started from this folder; the command line may say otherwise."""

import os

worker_class = "app.front.FrontWorker"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 4
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
graceful_timeout = 10
control_socket_disable = True
