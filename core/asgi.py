"""Django as an ASGI application, for HTTP alone; consumers/routing.py adds the socket."""

import os

from django.core.asgi import get_asgi_application

from core.http.intake import limited
from core.http.threads import RequestThreads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
threads = RequestThreads(get_asgi_application())
application = limited(threads)
