"""Mail that the worker sends."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from console.accounts import operations as accounts
from console.config import Settings
from console.extensions import db
from console.notices.mail import deliver_link
from console.notices.resets import KIND
from console.permissions import SYSTEM
from models import User


def mail_reset(app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
    """Make and send a reset link; nothing for an address without an account, or one that has enough links."""
    settings: Settings = app.extensions["copydesk_settings"]
    with db.write() as session:
        user = session.get(User, arguments["user_id"]) if arguments["user_id"] else None
        if user is None or not user.is_active or not accounts.may_send_reset(session, user):
            return
        email, secret = user.email, accounts.make_reset_link(session, user, by=SYSTEM)
    with app.test_request_context():
        path, subject = url_for("accounts.use_link", secret=secret), _("Set a new password")
    deliver_link(settings, to=email, subject=subject, url=settings.public_url + path)


HANDLERS = {KIND: mail_reset}
