"""`/metrics`, for Prometheus inside the internal network; nginx lets nobody else ask."""

from django.http import HttpRequest, HttpResponse
from prometheus_client.exposition import choose_encoder

from core.metrics.registry import all_counted
from core.scrape.collector import Parts


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything that this web has counted, and how the system stands."""
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(all_counted(Parts())), content_type=kind)
