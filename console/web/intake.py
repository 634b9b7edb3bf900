"""What no view should have to think of: characters no database keeps, numbers no row can have."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from pydantic import Field
from werkzeug.routing import IntegerConverter

from console.errors import ConsoleError
from console.web import strict_json
from console.web.paging import MAX_ID

RowId = Annotated[int, Field(ge=1, le=MAX_ID)]  # of bodies


class UnstorableTextError(ConsoleError):
    """The request holds a NUL character, which PostgreSQL keeps in no text."""

    status = 400
    code = "nul_character"

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} holds a NUL character (U+0000). Remove it and send again.")


class IdConverter(IntegerConverter):
    """`<int:…>` in addresses: what is larger than any id is the address of nothing."""

    def __init__(self, url_map: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(url_map, *arguments, **{"max": MAX_ID, **options})


class StrictJsonProvider(DefaultJSONProvider):
    """`request.get_json` refuses what `strict_json` refuses."""

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Read JSON; a ValueError becomes 400."""
        return strict_json.loads(s)


def register_intake(app: Flask) -> None:
    """Bound numbers in addresses, and refuse what can't be kept in address, query, form and JSON."""
    app.json = StrictJsonProvider(app)
    app.url_map.converters["int"] = IdConverter
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\0" in request.path:
        raise UnstorableTextError("The address")
    for where, fields in (("The query", request.args), ("The form", request.form)):
        for name, value in fields.items(multi=True):
            if "\0" in name or "\0" in value:
                raise UnstorableTextError(where)
