"""Mail through an SMTP server, where one is configured."""

from __future__ import annotations

import logging
import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from console.config import Settings

LOG = logging.getLogger(__name__)
SMTP_TIMEOUT_S = 15


def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> bool:
    """Send one plain-text message; tells whether the server took it.

    Args:
        settings: MAIL_URL is `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS, RFC 8314).
    """
    if not settings.mail_url:
        return False
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message.set_content(text)
    try:
        with _connect(settings.mail_url) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        LOG.warning("mail was not sent: %s", error)
        return False
    return True


def deliver_link(settings: Settings, *, to: str, subject: str, url: str) -> bool:
    """Mail a single-use link; where there is no mail server it is printed to the server's log instead.

    Returns:
        Whether it was mailed.
    """
    is_sent = send_mail(settings, to=to, subject=subject, text=f"{subject}\n\n{url}\n")
    if not is_sent and not settings.is_production:
        LOG.warning("no mail server; link for %s: %s", to, url)
    return is_sent


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_TIMEOUT_S)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_TIMEOUT_S)
        if server.has_extn("starttls") or parts.username:
            server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
