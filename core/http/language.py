"""In which language a request is answered."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request, override

from core.http.answers import is_api

PROGRAMS: Final = "en"  # what the API says is read by programs and their authors


class LanguageMiddleware:
    """Begins with what the browser asks for; core/people/language.py knows the person's choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            with override(PROGRAMS):
                return self.get_response(request)
        with override(get_language_from_request(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", get_language() or PROGRAMS)
        patch_vary_headers(response, ("Accept-Language",))
        return response
