"""A mail before it is sent: rendered from its two templates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.language.dates import full
from core.notices.unsubscribing import address_for
from core.people.language import speaking_to
from core.people.models import Centre, User


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person."""

    name: str
    address: str
    subject: str
    text: str
    html: str
    sensitive: bool = False  # where the server's answer is lost, a person decides on resending
    thread: str = ""  # what it is about: mail programs show letters of one thread together
    unsubscribe: str = ""  # the address that ends mails of its kind; such mails wait in quiet hours


TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    extensions=["jinja2.ext.i18n"],
)
TEMPLATES.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
TEMPLATES.globals["language"] = get_language
TEMPLATES.filters["local"] = full


def write(  # noqa: PLR0913 - a letter has that many parts
    template: str,
    *,
    to: User,
    subject: str,
    centre: Centre | None,
    path: str,
    sensitive: bool = False,
    thread: str = "",
    kind: str = "",
    **values: Any,
) -> Letter:
    """Render `template`.txt and .html; `path` is the page of the portal that it links to.

    Both are in the person's language; the subject is when it was made `speaking_to` them. `kind` is
    that of the notice it goes with (or DIGEST). People can unsubscribe from it, and it waits for
    the end of quiet hours, unless the kind is mandatory, or there is none. What concerns no
    centre comes from the portal as such.
    """
    shared: dict[str, Any] = {
        "person": to,
        "centre": centre,
        "subject": subject,
        "url": settings.BASE_URL + path,
        "portal": settings.BASE_URL,
        "unsubscribe": address_for(to.pk, kind),
    }
    with speaking_to(to, centre):
        text, html = (
            TEMPLATES.get_template(f"{template}.{form}").render(**shared, **values)
            for form in ("txt", "html")
        )
    return Letter(to.name, to.email, subject, text, html, sensitive, thread, shared["unsubscribe"])
