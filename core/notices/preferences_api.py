"""Preferences and quiet hours over HTTP."""

from django.http import HttpRequest
from ninja import Router

from core import clock
from core.notices import preferences, quiet, quieting
from core.notices.bodies import (
    BypassTold,
    BypassWanted,
    DigestTold,
    DigestWanted,
    Preferences,
    PreferencesTold,
    PreferenceTold,
    QuietHoursTold,
    QuietHoursWanted,
    no_zone,
)
from core.people.acting import acting
from core.people.models import Centre
from core.people.signed_in import signed_in

router = Router(tags=["notices"])


@router.get(
    "notice-preferences",
    response=PreferencesTold,
    operation_id="get_notice_preferences",
    summary="How one is told",
)
def get_preferences(request: HttpRequest) -> PreferencesTold:
    """For every kind of notice, also by child: whether it is mailed, singly or in the digest, and
    whether the portal calls or only lists it: what is only listed is read as it is told.
    """
    user_id = signed_in(request).pk
    chosen = preferences.preferences_of(user_id, preferences.children_of(user_id))
    return PreferencesTold({kind: PreferenceTold.of(kind, each) for kind, each in chosen.items()})


@router.put(
    "notice-preferences",
    response=PreferencesTold,
    operation_id="set_notice_preferences",
    summary="Choose how to be told",
)
def set_preferences(request: HttpRequest, given: Preferences) -> PreferencesTold:
    """Sets the kinds that are given; the others stay. A mandatory one cannot be switched off."""
    chosen = {kind: each.choice() for kind, each in given.root.items()}
    preferences.choose_preferences(user_id=signed_in(request).pk, chosen=chosen)
    return get_preferences(request)


@router.get(
    "notice-preferences/digest",
    response=DigestTold,
    operation_id="get_digest_frequency",
    summary="How often digests come",
)
def get_digest(request: HttpRequest) -> DigestTold:
    """Every day, or on Sundays; at 18:00 in the centre's time zone."""
    return DigestTold(frequency=preferences.frequency_of(signed_in(request).pk))


@router.put(
    "notice-preferences/digest",
    response=DigestTold,
    operation_id="set_digest_frequency",
    summary="Choose how often digests come",
)
def set_digest(request: HttpRequest, given: DigestWanted) -> DigestTold:
    """Sets how often what is left to the digest is mailed."""
    preferences.choose_frequency(user_id=signed_in(request).pk, frequency=given.frequency)
    return get_digest(request)


@router.get(
    "quiet-hours",
    response=QuietHoursTold,
    operation_id="get_quiet_hours",
    summary="When no mail is sent",
)
def get_quiet_hours(request: HttpRequest) -> QuietHoursTold:
    """The centre's quiet hours by its own clocks; notices in the portal do not wait for them."""
    centre = Centre.objects.get(pk=acting(request).centre_id)
    hours = quiet.hours_of(centre)
    return QuietHoursTold(
        begins=hours.begins and f"{hours.begins:%H:%M}",
        ends=hours.ends and f"{hours.ends:%H:%M}",
        on_closed_days=hours.on_closed_days,
        timezone=centre.timezone,
        quiet_until=hours.until(clock.now(), quiet.closed_days_of(centre.pk)),
    )


@router.put(
    "quiet-hours",
    response=QuietHoursTold,
    operation_id="set_quiet_hours",
    summary="Set when no mail is sent",
)
def set_quiet_hours(request: HttpRequest, given: QuietHoursWanted) -> QuietHoursTold:
    """Sets the centre's quiet hours; `ends` before `begins` is on the next day. Nulls: none."""
    wanted = no_zone(given)
    quieting.set_quiet_hours(
        begins=wanted.begins,
        ends=wanted.ends,
        on_closed_days=wanted.on_closed_days,
        by=acting(request),
    )
    return get_quiet_hours(request)


@router.post(
    "quiet-hours/bypass",
    response=BypassTold,
    operation_id="bypass_quiet_hours",
    summary="Send an urgent event's mails now",
)
def bypass_quiet_hours(request: HttpRequest, given: BypassWanted) -> BypassTold:
    """Lets an event's mails go within quiet hours. Who did it and why is kept in the audit log."""
    released = quieting.bypass_quiet_hours(
        event_id=given.event_id, reason=given.reason, by=acting(request)
    )
    return BypassTold(event_id=given.event_id, released=released)
