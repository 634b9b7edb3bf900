"""A Flask application that shows every component with sample values; used by the browser tests only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, render_template, request, stream_with_context
from flask_babel import Babel
from flask_wtf import CSRFProtect

from console.web.headers import register_headers
from console.web.presentation import register_presentation
from tests.functional.gallery import samples
from tests.functional.gallery.forms import ReasonForm, SampleForm, SignOffForm

ROOT = Path(__file__).resolve().parents[3]


class Person:
    """Who is signed in, as far as the layout asks."""

    name = "Tomás Okafor"
    is_authenticated = True


def create_gallery() -> Flask:
    """Make the gallery on the product's own templates and built files."""
    app = Flask("gallery", root_path=str(ROOT), template_folder="templates", static_folder="static/dist")
    app.config.update(SECRET_KEY="gallery", TESTING=True, SERVER_NAME=None)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_loader.searchpath.append(str(Path(__file__).parent / "templates"))
    Babel(app)
    CSRFProtect(app)
    register_presentation(app)
    register_headers(app)
    app.saved = []
    app.context_processor(_layout_context)
    _add_pages(app)
    _add_doors(app)
    return app


def _layout_context() -> dict[str, Any]:
    return {
        "nav": samples.nav(request.path),
        "theme": request.args.get("theme"),
        "shortcuts": request.args.get("shortcuts") != "off",
        "current_user": Person(),
        "role_label": "Legal",
        "workspace": samples.Named("Fjellvei Outdoor"),
        "workspaces": samples.WORKSPACES,
        "policy": samples.Named("Customer e-mail"),
        "policies": samples.POLICIES,
        "account_items": samples.ACCOUNT_ITEMS,
        "sign_out_url": "/sign-out",
        "samples": samples,
        "now": datetime.now(UTC),
        "days_ago": lambda n: datetime.now(UTC) - timedelta(days=n),
    }


def _add_pages(app: Flask) -> None:
    for name in ("review", "editor", "release", "components", "signin"):
        app.add_url_rule(f"/{name}", name, _page(name))
    app.add_url_rule("/errors/<int:status>", "error", lambda status: abort(status))
    for status in (400, 403, 404, 409, 413, 422, 429, 500):
        app.register_error_handler(status, _error_page(status))


def _page(name: str) -> Any:
    def view() -> str:
        form = SampleForm()
        if "errors" in request.args:
            form.validate()
        return render_template(
            f"gallery/{name}.html",
            form=form,
            sign_form=SignOffForm(),
            reason_form=ReasonForm(),
            digest="7f3a91c0c21e" + "5d08b6e1" * 6 + "ab12",
        )

    return view


def _error_page(status: int) -> Any:
    def page(_error: Exception) -> tuple[str, int]:
        return render_template(f"errors/{status}.html"), status

    return page


def _add_doors(app: Flask) -> None:
    @app.post("/check")
    def check() -> str:
        return render_template("gallery/_findings.html", findings=samples.check(request.form["text"]))

    @app.post("/draft")
    def draft() -> Response:
        if "conflict" in request.form["text"]:
            return Response(render_template("gallery/_conflict.html"), 409)
        app.saved.append((request.form["base"], request.form["text"]))
        answer = Response(render_template("gallery/_saved.html", words=len(request.form["text"].split())))
        answer.headers["Copydesk-Base"] = str(int(request.form["base"]) + 1)
        return answer

    @app.post("/form")
    def form() -> tuple[str, int] | str | Response:
        sample = SampleForm()
        if sample.validate():
            if sample.term.data == "leave":
                return Response(headers={"HX-Redirect": "/signin"})
            return render_template("gallery/_form_saved.html")
        return render_template("gallery/_form.html", form=sample), 422

    @app.post("/delete")
    def delete() -> str:
        return "deleted"

    @app.get("/run/events")
    def run_events() -> Response:
        events = samples.run_events(lambda **values: render_template("gallery/_run.html", **values))
        return Response(stream_with_context(events), mimetype="text/event-stream")

    @app.post("/broken")
    def broken() -> None:
        abort(500)
