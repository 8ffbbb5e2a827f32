"""What names and addresses of people can be."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop as _


def one_line(text: str) -> str:
    """Refuse what would break a heading or a mail's header."""
    if not text.isprintable():
        raise ValueError("must not contain control characters or line breaks")
    return text


def mailable(text: str) -> str:
    """Refuse what is no address that mail servers everywhere take."""
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError(_("must be an email address")) from None
    if not text.isascii():
        raise ValueError(_("must be an email address of plain letters, without accents"))
    return text
