"""Django as an ASGI application, for HTTP alone; consumers/routing.py adds the socket."""

import os

from django.core.asgi import get_asgi_application

from core.http.intake import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
application = limited(get_asgi_application())
