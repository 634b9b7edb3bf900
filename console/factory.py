"""Putting the application together: settings, extensions, areas, doors."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_login import current_user

from console.assets.guards import register_guard
from console.config import ROOT, Settings, load_settings
from console.extensions import babel, csrf, db, login
from console.quality.effects import guard_revision
from console.web.access import looking_up
from console.web.headers import register_headers
from console.web.intake import register_intake
from console.web.navigation import register_navigation
from console.web.presentation import register_presentation
from console.web.problems import register_problems, wants_json
from models import User

# Areas with pages (views.bp), an API (api.bp) and commands (cli.group), in the order of DECISIONS.md 18.
PAGE_AREAS = (
    "accounts",
    "audit",
    "assets",
    "golden",
    "runs",
    "reviews",
    "releases",
    "fleet",
    "quality",
    "voice",
    "workbench",
    "inbox",
    "settings",
)
API_AREAS = ("assets", "golden", "runs", "reviews", "releases", "distribution", "quality", "workbench")
JOB_AREAS = ("runs", "quality", "voice", "workbench", "audit", "notices")
COMMAND_AREAS = ("accounts", "audit", "jobs", "releases", "settings", "demo")


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """Make the Flask application.

    Args:
        settings: read from the environment when None.
        overrides: Flask configuration on top, for tests.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    settings = settings or load_settings()
    app = Flask(
        "console",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static/dist",
        static_url_path="/static",
    )
    _configure(app, settings, overrides or {})
    register_intake(app)
    db.init_app(app, settings.database_url)
    csrf.init_app(app)
    babel.init_app(app)
    _init_login(app)
    register_presentation(app)
    register_headers(app)
    register_navigation(app)
    register_problems(app)
    _register_areas(app)
    register_guard("quality", guard_revision)
    app.extensions["copydesk_jobs"] = _of_jobs("HANDLERS")
    app.extensions["copydesk_jobs_gave_up"] = _of_jobs("GAVE_UP")
    return app


def _configure(app: Flask, settings: Settings, overrides: Mapping[str, Any]) -> None:
    app.extensions["copydesk_settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # built files carry a hash of their content in their names
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_upload_bytes,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_NAME="copydesk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session, so that long edits can be saved
        BABEL_DEFAULT_LOCALE="en",
    )
    app.config.update(overrides)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _init_login(app: Flask) -> None:
    login.init_app(app)
    login.login_view = "accounts.sign_in"
    login.session_protection = "basic"

    @login.user_loader
    def load_user(token: str) -> User | None:
        # "<id>.<epoch>": a password change or a removal raises the epoch and ends all older sessions.
        user_id, _, epoch = token.partition(".")
        with looking_up() as session:
            user = session.get(User, int(user_id)) if user_id.isdigit() else None
        return user if user and user.is_active and str(user.session_epoch) == epoch else None

    @login.unauthorized_handler
    def ask_to_sign_in() -> Any:
        from console.web.problems import problem

        if wants_json():
            return problem(401, "Sign in or send a token.", code="unauthenticated")
        return redirect(
            url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None)
        )


def _register_areas(app: Flask) -> None:
    for area in PAGE_AREAS:
        app.register_blueprint(import_module(f"console.{area}.views").bp)
    for area in API_AREAS:
        bp = import_module(f"console.{area}.api").bp
        csrf.exempt(bp)  # authenticated by token, or by session plus the X-CSRFToken header it checks itself
        app.register_blueprint(bp)
    for area in COMMAND_AREAS:
        for command in import_module(f"console.{area}.cli").commands:
            app.cli.add_command(command)

    @app.get("/")
    def home() -> Any:
        if not current_user.is_authenticated:
            return redirect(url_for("accounts.sign_in"))
        return redirect(url_for("accounts.workspaces"))


def _of_jobs(name: str) -> dict[str, Any]:
    """Gather `HANDLERS` (what runs a kind of job) or `GAVE_UP` (what hears of one given up) of all areas."""
    found: dict[str, Any] = {}
    for area in JOB_AREAS:
        found |= getattr(import_module(f"console.{area}.jobs"), name, {})
    return found
