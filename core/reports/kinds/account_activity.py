"""Who uses their account: sign-ins of a centre's people, and who was invited and never came."""

from collections import Counter
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.people.models import Role
from core.reports.content import Facts, Part, Point, Type
from core.reports.figures import MOST_WEEKS, chart, number, week_of
from core.reports.kind import Data, Kind, Setting
from core.reports.params import Period, SomeClassIds, SomeRole
from core.reports.tables import Shown, table_of, titles_of

# Sign-ins are in the audit log, which is kept for good. Of classes: who attends them, who teaches
# them, and the guardians of who attends them. Who is invited is of no class yet.
PEOPLE = """
WITH of_class AS (
    SELECT student_id AS person_id FROM classes_enrolment
    WHERE centre_id = %(centre_id)s AND school_class_id = ANY(%(classes)s::bigint[])
        AND until IS NULL
    UNION
    SELECT teacher_id FROM classes_teaching
    WHERE centre_id = %(centre_id)s AND school_class_id = ANY(%(classes)s::bigint[])
    UNION
    SELECT guardianship.guardian_id FROM people_guardianship guardianship
    JOIN classes_enrolment enrolment ON enrolment.student_id = guardianship.student_id
        AND enrolment.until IS NULL AND enrolment.centre_id = %(centre_id)s
    WHERE guardianship.centre_id = %(centre_id)s
        AND enrolment.school_class_id = ANY(%(classes)s::bigint[])
), asked AS (
    SELECT user_id AS person_id, roles, is_active FROM people_membership
    WHERE centre_id = %(centre_id)s
        AND (%(role)s::text IS NULL OR %(role)s::text = ANY(roles))
        AND (cardinality(%(classes)s::bigint[]) = 0
            OR user_id IN (SELECT person_id FROM of_class))
), sign_in AS (
    SELECT asked.person_id, entry.at, entry.at AT TIME ZONE %(timezone)s AS local_at
    FROM audit_auditentry entry
    JOIN asked ON entry.subject = 'user:' || asked.person_id
    WHERE entry.centre_id = %(centre_id)s AND entry.what = 'sign_in.done'
)
"""
ROWS = f"""
{PEOPLE}, signed AS (
    SELECT person_id, max(local_at) AS last_at,
        count(*) FILTER (WHERE local_at::date BETWEEN %(since)s AND %(until)s) AS times
    FROM sign_in GROUP BY person_id
)
SELECT person.id::text AS whom, person.name, person.email,
    (SELECT string_agg(role, ', ' ORDER BY role) FROM unnest(asked.roles) role) AS roles,
    CASE
        WHEN NOT (asked.is_active AND person.is_active) THEN 'ended'
        WHEN signed.last_at IS NULL THEN 'never'
        ELSE 'active'
    END AS standing,
    to_char(signed.last_at, 'YYYY-MM-DD HH24:MI') AS last_signed_in,
    coalesce(signed.times, 0) AS times
FROM asked JOIN people_user person ON person.id = asked.person_id
LEFT JOIN signed ON signed.person_id = asked.person_id
UNION ALL
SELECT email, name, email, (SELECT string_agg(role, ', ' ORDER BY role) FROM unnest(roles) role),
    CASE WHEN expires_at <= %(as_of)s THEN 'expired' ELSE 'invited' END, NULL, 0
FROM people_invitation
WHERE centre_id = %(centre_id)s AND accepted_at IS NULL AND revoked_at IS NULL
    AND (%(role)s::text IS NULL OR %(role)s::text = ANY(roles))
    AND cardinality(%(classes)s::bigint[]) = 0
ORDER BY name, email, whom
"""  # noqa: S608 - all of it stands here
WEEKS = f"""
{PEOPLE}
SELECT to_char(date_trunc('week', local_at), 'YYYY-MM-DD') AS week,
    count(DISTINCT person_id) AS people
FROM sign_in WHERE local_at::date BETWEEN %(since)s AND %(until)s GROUP BY 1 ORDER BY 1
"""  # noqa: S608
STANDINGS = {
    "active": gettext_lazy("active"),
    "never": gettext_lazy("never signed in"),
    "ended": gettext_lazy("deactivated"),
    "invited": gettext_lazy("invited"),
    "expired": gettext_lazy("invited, link expired"),
}
SHOWN = (
    Shown("name", gettext_lazy("Name"), width=3),
    Shown("email", gettext_lazy("Email"), width=4),
    Shown("roles", gettext_lazy("Roles"), width=2, words={each: each.label for each in Role}),
    Shown("standing", gettext_lazy("Account"), width=2, words=STANDINGS),
    Shown("last_signed_in", gettext_lazy("Last sign-in"), Type.MOMENT, width=2),
    Shown("times", gettext_lazy("Sign-ins"), Type.INTEGER),
)


class ActivityParams(Period):
    """Whose accounts - nothing chosen: everybody's - and in which days sign-ins are counted."""

    role: SomeRole = None
    classes: SomeClassIds = ()


def compose(data: Data, _setting: Setting) -> tuple[Part, ...]:
    """Key figures, how many signed in by week, and the table."""
    standings = Counter(standing for (standing,) in data.rows("rows", "standing"))
    signed_in = sum(times != "0" for (times,) in data.rows("rows", "times"))
    weeks = data.records("weeks")[-MOST_WEEKS:]
    pairs = (
        (_("People"), number(data.count("rows"))),
        (_("Signed in on these days"), number(signed_in)),
        (_("Never signed in"), number(standings["never"])),
        (_("Invited, not joined yet"), number(standings["invited"] + standings["expired"])),
        (_("of these with an expired link"), number(standings["expired"])),
    )
    points = [Point(week_of(each["week"]), float(each["people"])) for each in weeks]
    table = table_of(
        data, "rows", SHOWN, title=_("Accounts"), empty=_("There is nobody of this kind.")
    )
    return (
        Facts(_("At a glance"), pairs),
        *chart(_("People who signed in, by week"), "line", _("Week"), _("People"), points),
        table,
    )


KIND = Kind(
    name="account_activity",
    title=gettext_lazy("Account activity"),
    says=gettext_lazy("Who signed in how often and when last, and who was invited and never came."),
    params=ActivityParams,
    queries={"rows": ROWS, "weeks": WEEKS},
    compose=compose,
    asked_by=frozenset({Role.STAFF, Role.HEAD, Role.ADMIN}),
    keys=("whom",),
    names=("name",),
    figures=titles_of(SHOWN, "standing", "last_signed_in", "times"),
    kept=timedelta(days=90),
)
