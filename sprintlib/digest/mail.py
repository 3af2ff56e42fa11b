"""A digest as a mail, in plain text and in HTML, and its way to the mail server."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from sprintlib.digest.message import Digest, beside, changes_line, next_line
from sprintlib.errors import DigestError, SettingsError
from sprintlib.settings import DigestSettings, is_loopback
from sprintlib.text import printable
from sprintlib.views.templating import render

_POLICY = policy.SMTP.clone(cte_type="7bit")  # any server takes it
_MOST_IN_SUBJECT = 150
_PATIENCE = 20.0  # seconds


def mail(digest: Digest, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """The message. Its subject is one line, whatever a milestone is called."""
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = printable(digest.subject, _MOST_IN_SUBJECT)
    message["From"], message["To"] = sender, ", ".join(recipients)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # so that no absence note answers it
    message.set_content(as_text(digest))
    message.add_alternative(_html(digest), subtype="html")
    return message


def as_text(digest: Digest) -> str:
    """The same as plain text, which the terminal shows too."""
    return "\n".join(_lines(digest)) + "\n"


def _lines(digest: Digest) -> Iterator[str]:
    yield f"{digest.project}, {_day(digest)}"
    for one in digest.verdicts:
        yield f"\n{one.title}: {one.figure}, {one.words}\n  {one.because}"
        changed = changes_line(digest, one)
        if changed:
            yield f"  {changed}"
        if one.url:
            yield f"  {one.url}"
    if not digest.verdicts:
        yield "\nNo milestone is open."
    if digest.ended:
        yield f"\nNo longer open: {', '.join(digest.ended)}."
    if digest.steps:
        yield "\nFirst things to do"
    for place, step in enumerate(digest.steps, start=1):
        more = beside(step, len(digest.verdicts))
        yield f"{place}. {step.action}{f' ({more})' if more else ''}"
        yield from (f"   {link.url}" for link in step.links)
    if digest.next_step:
        yield f"\nNext: {next_line(digest.next_step)}"
    yield from (f"\n! {one}" for one in digest.problems)
    if digest.pages:
        yield f"\n{digest.pages}"


def _html(digest: Digest) -> str:
    return render(
        "digest.html",
        digest=digest,
        when=_day(digest),
        verdicts=[(one, changes_line(digest, one)) for one in digest.verdicts],
        steps=[(step, beside(step, len(digest.verdicts))) for step in digest.steps],
        next=next_line(digest.next_step) if digest.next_step else "",
    )


def _day(digest: Digest) -> str:
    return f"{digest.day:%a} {digest.day.day} {digest.day:%b %Y}"


def check(settings: DigestSettings) -> None:
    """Raises SettingsError where something is missing, or a password would travel in the clear."""
    if not (settings.smtp_host and settings.sender and settings.recipients):
        raise SettingsError("Target email takes smtp_host, sender and recipients under [digest].")
    if settings.smtp_security == "none" and not is_loopback(f"smtp://{settings.smtp_host}"):
        raise SettingsError(
            'digest.smtp_security: "none" is for a mail server on this machine; write "starttls" or "tls".'
        )


def deliver(settings: DigestSettings, password: str | None, message: EmailMessage) -> None:
    """Hand a mail to the server. Raises DigestError with one sentence, which holds no password."""
    check(settings)
    with _in_words(settings), _server(settings) as server:
        if settings.smtp_user and password:
            server.login(settings.smtp_user, password)
        refused = server.send_message(message)
    if refused:  # the others have it
        raise DigestError(
            f"The mail server refused {', '.join(sorted(refused))}; others have it.", may_have_arrived=True
        )


@contextmanager
def _server(settings: DigestSettings) -> Iterator[smtplib.SMTP]:
    host, port, context = settings.smtp_host or "", settings.smtp_port, ssl.create_default_context()
    if settings.smtp_security == "tls":
        with smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=context) as server:
            yield server
        return
    with smtplib.SMTP(host, port, timeout=_PATIENCE) as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        yield server


@contextmanager
def _in_words(settings: DigestSettings) -> Iterator[None]:
    where = f"The mail server {settings.smtp_host}:{settings.smtp_port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise DigestError(f"{where} refused user and password: correct smtp_user or SPRINT_SMTP_PASSWORD.") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise DigestError(f"{where} refused every recipient: {', '.join(sorted(error.recipients))}.") from None
    except smtplib.SMTPNotSupportedError:
        raise DigestError(f"{where} offers no STARTTLS: set smtp_security under [digest].") from None
    except smtplib.SMTPResponseException as error:
        told = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise DigestError(f"{where} refused the mail ({error.smtp_code} {printable(told, 80)}).") from None
    except ssl.SSLError:
        raise DigestError(
            f"{where} has a certificate that is not trusted, or does not speak TLS on this port."
        ) from None
    except smtplib.SMTPServerDisconnected:
        raise DigestError(f"{where} broke off: try again.", may_have_arrived=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise DigestError(
            f"{where} cannot be reached ({type(error).__name__}): check smtp_host and smtp_port."
        ) from None
