"""ASGI entry for uvicorn, the default server of one process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconnect.settings")
application = get_asgi_application()
