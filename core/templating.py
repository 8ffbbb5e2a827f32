"""The Jinja2 environment of the pages: what every template may call."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from core.language import dates
from core.navigation import MAIN, OWN, links, path_of


def environment(**options: Any) -> Environment:
    """The environment that settings.TEMPLATES names; `options` come from Django's backend."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    options |= {"extensions": ["jinja2.ext.i18n"]}
    made = Environment(**options)  # noqa: S701 - Django's backend asks for autoescape
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "static": static,
        "url": address,
        "messages_of": get_messages,
        "main_links": partial(links, lines=MAIN),
        "own_links": partial(links, lines=OWN),
        "has_page": path_of,
        "language": get_language,
        "languages": settings.LANGUAGES,
        "is_debug": settings.DEBUG,
        "has_mailbox": bool(settings.DEBUG and settings.MAILBOX_DIR),
    }
    # What was stored in English. `_` would take it for a template of ours: unescaped, with `%`.
    made.filters |= {**filters(), "translated": gettext}
    return made


def address(name: str, *args: Any) -> str:
    """The path of a page by its name in core/urls.py."""
    return reverse(name, args=args)


def filters() -> dict[str, Any]:
    """Dates and times: each takes the time zone in which they are read; spans of time take none."""
    names = ("local", "full", "date", "brief", "time", "part", "nearness", "lasting", "waited")
    return {name: getattr(dates, name) for name in names}
