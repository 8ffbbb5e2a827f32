"""Django as an ASGI application, for HTTP alone; consumers/routing.py adds the socket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = get_asgi_application()
