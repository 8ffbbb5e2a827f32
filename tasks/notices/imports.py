"""What admins are told in the portal about their imports."""

from django.utils.translation import gettext as _

from core.imports.events import ImportFinished
from core.imports.models import PeopleImport
from core.notices.actions import Note, tell
from core.notices.models import NoticeKind
from core.people.language import speaking_to
from tasks.handler import Batch, on


@on(ImportFinished)
def notify_import(batch: Batch[ImportFinished]) -> None:
    """Tell who uploaded a file what became of it."""
    ids = [each.event.import_id for each in batch.claimed]
    rows = PeopleImport.objects.defer("content").select_related("by", "centre")
    found = rows.in_bulk(ids)
    notes = []
    for each in batch.claimed:
        done = found[each.event.import_id]
        counts = {"created": 0, "changed": 0, "refused": 0, **done.counts}
        with speaking_to(done.by, done.centre):
            title = _("Import finished: %(file)s") % {"file": done.file_name}
            body = _("%(created)d new, %(changed)d changed, %(refused)d refused.") % counts
            if counts.get("invited"):
                body += " " + _("%(invited)d asked to join.") % counts
        notes.append(
            Note(
                person_id=done.by_id,
                centre_id=done.centre_id,
                event_id=each.event_id,
                kind=NoticeKind.IMPORT,
                title=title,
                body=body,
                url=f"/imports/{done.pk}",
            )
        )
    tell(notes)
