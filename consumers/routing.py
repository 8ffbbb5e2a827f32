"""The ASGI application: HTTP goes to Django, `/ws/` to the consumer."""

from typing import Any, Final

from channels.routing import ProtocolTypeRouter

from core.asgi import application as django_application
from core.asgi import threads

# isort: split
# What follows imports models, for which the line above has set Django up.

from consumers.hub import Hub
from consumers.live import LiveConsumer
from core.metrics.server import serve_metrics
from core.scrape.collector import Parts

PATH: Final = "/ws/"


def live_application(http: Any) -> Any:
    """An application with a hub of its own, and `http` for all that is no socket."""
    hub = Hub()
    consumer = LiveConsumer.as_asgi(hub=hub)

    async def socket(scope: Any, receive: Any, send: Any) -> None:
        await (consumer if scope["path"] == PATH else refuse)(scope, receive, send)

    async def lifespan(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        serve_metrics(Parts())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.stop()
        threads.close()
        await send({"type": "lifespan.shutdown.complete"})

    return ProtocolTypeRouter({"http": http, "websocket": socket, "lifespan": lifespan})


async def refuse(_scope: Any, receive: Any, send: Any) -> None:
    """No socket here: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close"})


application = live_application(django_application)
