"""Who was told what over a period, by which way, and whom it did not reach."""

from collections import Counter
from datetime import timedelta
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import Field

from core.people.models import Role
from core.reports.content import Facts, Part, Point, Type
from core.reports.figures import chart, number
from core.reports.kind import Data, Kind, Setting
from core.reports.params import Period
from core.reports.tables import Shown, table_of, titles_of

# Events of no centre are seen within each (ADR 16), so the centre is asked for in each place. Ids
# of events begin with their time in milliseconds (core/events/retention.py), so the primary key
# finds those of the days, a day more on either side; which count is decided by their own time. A
# delivery's key is a person; one without a key counts where it has mailed somebody itself. The mail
# is looked up only where it says more than its delivery: at 10,000 students there are very many.
ROWS = """
WITH bounds AS (
    SELECT %(since)s::timestamp AT TIME ZONE %(timezone)s AS first,
        (%(until)s::date + 1)::timestamp AT TIME ZONE %(timezone)s AS last
), ids AS (
    SELECT (lpad(to_hex(greatest((extract(epoch FROM first)::bigint - 86400) * 1000, 0)), 12, '0')
            || repeat('0', 20))::uuid AS lowest,
        (lpad(to_hex(greatest((extract(epoch FROM last)::bigint + 86400) * 1000, 0)), 12, '0')
            || repeat('f', 20))::uuid AS highest
    FROM bounds
), happened AS (
    SELECT event.id, event.kind, event.subject, event.occurred_at
    FROM event, bounds
    WHERE event.centre_id = %(centre_id)s
        AND event.id BETWEEN (SELECT lowest FROM ids) AND (SELECT highest FROM ids)
        AND event.occurred_at >= bounds.first AND event.occurred_at < bounds.last
), way AS (
    SELECT happened.id AS event_id, delivery.detail,
        CASE WHEN delivery.key ~ '^[0-9]{1,18}$' THEN delivery.key::bigint END AS person_id,
        CASE WHEN delivery.key = '' THEN mail.recipient ELSE '' END AS recipient, mail.subject,
        starts_with(delivery.handler, 'email.') AS is_mail,
        CASE
            WHEN mail.state = 'bounced' THEN 'bounced'
            WHEN delivery.state IN ('dead', 'discarded') THEN 'failed'
            WHEN delivery.state = 'skipped' THEN 'skipped'
            WHEN delivery.state <> 'done' THEN 'waiting'
            WHEN starts_with(delivery.handler, 'email.') THEN 'mailed'
            ELSE 'told'
        END AS fate
    FROM happened JOIN delivery ON delivery.event_id = happened.id
    LEFT JOIN LATERAL (
        SELECT recipient, subject, state FROM mail
        WHERE mail.delivery_id = delivery.id
            AND (delivery.key = '' OR delivery.state IN ('dead', 'discarded'))
        LIMIT 1
    ) mail ON TRUE
    WHERE delivery.centre_id = %(centre_id)s
        AND (starts_with(delivery.handler, 'email.') OR starts_with(delivery.handler, 'notices.'))
        AND (delivery.key <> '' OR mail.recipient IS NOT NULL)
), reached AS (
    SELECT event_id, person_id, recipient, max(subject) AS subject,
        min(fate) FILTER (WHERE NOT is_mail) AS portal, min(fate) FILTER (WHERE is_mail) AS email,
        max(detail) FILTER (WHERE NOT is_mail) AS portal_why,
        max(detail) FILTER (WHERE is_mail) AS email_why
    FROM way WHERE person_id IS NOT NULL OR recipient <> '' GROUP BY 1, 2, 3
), known AS (
    SELECT person_id, EXISTS (
        SELECT FROM audit_auditentry entry
        WHERE entry.centre_id = %(centre_id)s AND entry.subject = 'user:' || person_id
            AND entry.what = 'sign_in.done'
    ) AS has_signed_in
    FROM (SELECT DISTINCT person_id FROM reached WHERE person_id IS NOT NULL) people
), told AS (
    SELECT reached.event_id, coalesce(reached.person_id::text, reached.recipient) AS whom,
        happened.occurred_at, happened.kind,
        coalesce(notice.title, homework.title, reached.subject) AS about,
        coalesce(person.name, reached.recipient) AS name,
        CASE WHEN reached.portal = 'told' AND notice.read_at > notice.created_at THEN 'read'
            ELSE reached.portal END AS portal,
        CASE WHEN notice.read_at > notice.created_at THEN notice.read_at END AS read_at,
        reached.email, reached.portal_why, reached.email_why,
        CASE WHEN known.has_signed_in THEN NULL ELSE 'never' END AS signed_in
    FROM reached JOIN happened ON happened.id = reached.event_id
    LEFT JOIN people_user person ON person.id = reached.person_id
    LEFT JOIN known ON known.person_id = reached.person_id
    LEFT JOIN notices_notice notice ON notice.event_id = reached.event_id
        AND notice.person_id = reached.person_id AND notice.centre_id = %(centre_id)s
    LEFT JOIN homework_homework homework ON homework.centre_id = %(centre_id)s
        AND happened.subject = 'homework:' || homework.id
    WHERE NOT %(only_missed)s OR coalesce(reached.portal, '') IN ('skipped', 'failed')
        OR coalesce(reached.email, '') IN ('skipped', 'bounced', 'failed')
)
SELECT event_id, whom, to_char(occurred_at AT TIME ZONE %(timezone)s, 'YYYY-MM-DD HH24:MI') AS at,
    kind, about, name, portal,
    to_char(read_at AT TIME ZONE %(timezone)s, 'YYYY-MM-DD HH24:MI') AS read_at, portal_why,
    email, email_why, signed_in
FROM told ORDER BY event_id, name, whom
"""
# Kinds of events that tell people something. One that is not here appears under its own name.
HAPPENED = {
    "HomeworkPublished": gettext_lazy("Homework published"),
    "HomeworkChanged": gettext_lazy("Homework changed"),
    "HomeworkWithdrawn": gettext_lazy("Homework withdrawn"),
    "HomeworkRemindersDue": gettext_lazy("Reminder of homework"),
    "SubmissionHandedIn": gettext_lazy("Work handed in"),
    "SubmissionGraded": gettext_lazy("Work graded"),
    "SubmissionReturned": gettext_lazy("Work given back"),
    "TicketOpened": gettext_lazy("Ticket opened"),
    "TicketCommented": gettext_lazy("Ticket answered"),
    "TicketResolved": gettext_lazy("Ticket resolved"),
    "MessagePosted": gettext_lazy("Mention in a room"),
    "PersonInvited": gettext_lazy("Invitation"),
    "CentreDigestsDue": gettext_lazy("Digest"),
}
FATES = {
    "told": gettext_lazy("told"),
    "read": gettext_lazy("read"),
    "mailed": gettext_lazy("mailed"),
    "waiting": gettext_lazy("waiting"),
    "skipped": gettext_lazy("left out"),
    "bounced": gettext_lazy("bounced"),
    "failed": gettext_lazy("failed"),
}
SIGN_IN = {"never": gettext_lazy("never signed in")}
SHOWN = (
    Shown("at", gettext_lazy("When"), Type.MOMENT, width=2),
    Shown("kind", gettext_lazy("What"), width=2, words=HAPPENED),
    Shown("about", gettext_lazy("About"), width=3),
    Shown("name", gettext_lazy("Name"), width=2),
    Shown("portal", gettext_lazy("Portal"), words=FATES),
    Shown("read_at", gettext_lazy("Read"), Type.MOMENT, width=2),
    Shown("portal_why", gettext_lazy("Portal: why"), width=2, translated=True),
    Shown("email", gettext_lazy("Email"), words=FATES),
    Shown("email_why", gettext_lazy("Email: why"), width=2, translated=True),
    Shown("signed_in", gettext_lazy("Sign-in"), width=1.5, words=SIGN_IN),
)


Missed = Annotated[bool, Field(title=gettext_noop("Only those whom something did not reach"))]


class DeliveryParams(Period):
    """On which days something happened, and whether all are listed whom it concerned."""

    only_missed: Missed = False


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """Key figures, also as a chart, and the table."""
    counted = _count(data)
    ways = (
        (_("Told in the portal"), counted["told"] + counted["read"]),
        (_("Read there"), counted["read"]),
        (_("Mailed"), counted["mailed"]),
        (_("Waiting"), counted["waiting"]),
        (_("Left out"), counted["skipped"]),
        (_("Bounced"), counted["bounced"]),
        (_("Failed"), counted["failed"]),
    )
    pairs = (
        (_("What happened"), number(counted["events"])),
        (_("People it concerned"), number(counted["people"])),
        *((label, number(count)) for label, count in ways),
        (_("People who never signed in"), number(counted["never"])),
    )
    points = [Point(label, count) for label, count in ways] if data.count("rows") else []
    empty = _("Nobody was told of anything on these days.")
    return (
        Facts(_("At a glance"), pairs),
        *chart(_("How people were told"), "bar", _("What became of it"), _("Times"), points),
        table_of(data, "rows", SHOWN, title=_("Who was told of what"), empty=empty),
    )


def _count(data: Data) -> Counter[str]:
    """In one walk: the lines by fate, and the events and people that there are."""
    counted: Counter[str] = Counter()
    events, people = set(), {}
    names = ("event_id", "whom", "portal", "email", "signed_in")
    for event, whom, portal, email, signed_in in data.rows("rows", *names):
        counted.update({portal, email})
        events.add(event)
        people[whom] = signed_in
    never = Counter(people.values())["never"]
    return counted | Counter(events=len(events), people=len(people), never=never)


KIND = Kind(
    name="delivery_report",
    title=gettext_lazy("Delivery report"),
    says=gettext_lazy("Who was told what in the portal and by mail, and whom it did not reach."),
    params=DeliveryParams,
    queries={"rows": ROWS},
    compose=compose,
    asked_by=frozenset({Role.STAFF, Role.HEAD, Role.ADMIN}),
    keys=("event_id", "whom"),
    names=("name", "kind", "about"),
    figures=titles_of(SHOWN, "portal", "email"),
    kept=timedelta(days=90),
)
