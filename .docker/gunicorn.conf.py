"""How pages are served: threads that wait for the database, no access log (addresses may hold a token)."""

import os
from pathlib import Path

bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
worker_class = "gthread"
preload_app = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# Its own lines hold as little as the app's: no address of a page, no words of an error.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "reconnect.logs.Quiet"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}
    },
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["console"], "propagate": False}},
}
timeout = 30
graceful_timeout = 10
keepalive = 75
max_requests = 20000
max_requests_jitter = 2000
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"
