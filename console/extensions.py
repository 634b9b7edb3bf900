"""The Flask extensions, made once and bound to the application by the factory."""

from __future__ import annotations

from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from console.database import Database

db = Database()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
