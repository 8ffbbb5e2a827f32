"""The Jinja2 environment of the pages: what every template may call."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined

from core import clock

NEAR = 14  # days within which "in 3 days" says more than a date


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
        "is_debug": settings.DEBUG,
        "has_mailbox": bool(settings.DEBUG and settings.MAILBOX_DIR),
    }
    made.filters |= {"local": local, "full": full, "brief": brief, "nearness": nearness}
    return made


def address(name: str, *args: Any) -> str:
    """The path of a page by its name in core/urls.py."""
    return reverse(name, args=args)


def local(moment: datetime, zone: str) -> datetime:
    """The moment as clocks in the time zone show it."""
    return moment.astimezone(ZoneInfo(zone))


def full(moment: datetime, zone: str) -> str:
    """`Friday 27 November 2026, 16:00`."""
    there = local(moment, zone)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M}"


def brief(moment: datetime, zone: str) -> str:
    """`Fri 27 Nov, 16:00`."""
    there = local(moment, zone)
    return f"{there:%a} {there.day} {there:%b, %H:%M}"


def nearness(moment: datetime, zone: str) -> str:
    """`today`, `tomorrow`, `in 3 days`, `yesterday`, or nothing for a day farther away."""
    days = (local(moment, zone).date() - local(clock.now(), zone).date()).days
    words = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return words.get(days, f"in {days} days" if 0 < days <= NEAR else "")
