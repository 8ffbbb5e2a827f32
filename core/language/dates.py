"""Dates and times in words: in the reader's language, as the clocks of a time zone show them."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from django.utils.translation import get_language, gettext, ngettext

from core import clock

NEAR: Final = 14  # days within which "in 3 days" says more than a date
# How each language writes dates; a bare `en` would put the month before the day.
LOCALES: Final = {"en": Locale("en", "GB"), "es": Locale("es", "ES")}


def spoken() -> Locale:
    """The conventions of the language that is being spoken."""
    return LOCALES.get(get_language() or "", LOCALES["en"])


def local(moment: datetime, zone: str) -> datetime:
    """The moment as clocks in the time zone show it."""
    return moment.astimezone(ZoneInfo(zone))


def full(moment: datetime, zone: str) -> str:
    """`Friday, 27 November 2026, 16:00`."""
    return f"{date(moment, zone)}, {time(moment, zone)}"


def brief(moment: datetime, zone: str) -> str:
    """`Fri 27 Nov, 16:00`."""
    there = local(moment, zone)
    day = str(format_skeleton("MMMEd", there, locale=spoken())).replace(",", "")
    return f"{day}, {time(moment, zone)}"


def shortly(moment: datetime, zone: str) -> str:
    """`16:00` for what comes within a day, `Fri 27 Nov, 16:00` for what comes later."""
    is_near = moment - clock.now() < timedelta(days=1)
    return time(moment, zone) if is_near else brief(moment, zone)


def date(moment: datetime, zone: str) -> str:
    """`Friday, 27 November 2026`."""
    return str(format_date(local(moment, zone), "full", locale=spoken()))


def time(moment: datetime, zone: str) -> str:
    """`16:00`."""
    return str(format_time(local(moment, zone), "short", locale=spoken()))


def part(moment: datetime, pattern: str, zone: str) -> str:
    """One part of the date by its pattern in CLDR: `EEE` for `Fri`, `MMM` for `Nov`."""
    return str(format_datetime(local(moment, zone), pattern, locale=spoken()))


def lasting(span: timedelta | int) -> str:
    """`2 hours`, `40 seconds`: about how long something takes or has taken; a number is seconds."""
    return str(format_timedelta(span, threshold=1.2, locale=spoken()))


def waited(moment: datetime) -> str:
    """How long ago a moment was, as `lasting` says it."""
    return lasting(max(clock.now() - moment, timedelta(seconds=1)))


def nearness(moment: datetime, zone: str) -> str:
    """`today`, `tomorrow`, `in 3 days`, `yesterday`, or nothing for a day farther away."""
    days = (local(moment, zone).date() - local(clock.now(), zone).date()).days
    words = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    if days in words:
        return words[days]
    if not 0 < days <= NEAR:
        return ""
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
