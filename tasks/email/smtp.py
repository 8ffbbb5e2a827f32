"""Handing a message to the mail server, and what its answer means."""

import smtplib
from email.utils import parseaddr
from types import TracebackType
from typing import Final, Self

from django.conf import settings

from core.env import env

PERMANENT: Final = 500  # SMTP replies from here on mean: do not try again (RFC 5321, 4.2.1)


class RefusedError(Exception):
    """The server surely did not take the message."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class AnswerLostError(Exception):
    """The server got the message, but whether it took it was never heard."""


class Postbox:
    """A connection to the mail server that is opened when first needed, and again when it broke."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._smtp:
            self._close(politely=True)

    def open(self) -> smtplib.SMTP:
        """The open connection. OSError or SMTPException when there is none to be had."""
        if self._smtp is None:
            self._smtp = smtplib.SMTP(
                env().smtp_host, env().smtp_port, timeout=settings.SMTP_TIMEOUT
            )
            if env().smtp_tls:
                self._smtp.starttls()
            if env().smtp_user:
                self._smtp.login(env().smtp_user, env().smtp_password)
        return self._smtp

    def hand_over(self, address: str, message: bytes) -> str:
        """Send one message and return the server's acceptance.

        Raises RefusedError when it was surely not taken, AnswerLostError when that is not known.
        """
        smtp = self.open()
        try:
            smtp.ehlo_or_helo_if_needed()
            _expect(smtp.mail(parseaddr(env().mail_from)[1]))
            _expect(smtp.rcpt(address))
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._close()
            raise RefusedError(f"The connection broke: {error}") from error
        except RefusedError:
            self._reset()
            raise
        return self._data(smtp, message)

    def _data(self, smtp: smtplib.SMTP, message: bytes) -> str:
        try:
            reply = smtp.data(message)
        except smtplib.SMTPDataError as error:  # refused before a byte of it was sent
            self._reset()
            raise RefusedError(_text(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._close()
            raise AnswerLostError(f"The connection broke after the message: {error}") from error
        return _expect(reply)

    def _reset(self) -> None:
        try:
            if self._smtp:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._close()

    def _close(self, *, politely: bool = False) -> None:
        smtp, self._smtp = self._smtp, None
        try:
            if smtp and politely:
                smtp.quit()
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            if smtp:
                smtp.close()


def _expect(reply: tuple[int, bytes]) -> str:
    """The reply's text, or RefusedError unless the server said yes."""
    code, words = reply
    text = _text(code, words)
    if not 200 <= code < 300:  # noqa: PLR2004 - RFC 5321: 2yz is "yes"
        raise RefusedError(text, for_good=code >= PERMANENT)
    return text


def _text(code: int, words: bytes | str) -> str:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {said}"
