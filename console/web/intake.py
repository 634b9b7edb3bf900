"""What no view should have to think of: what no database keeps, numbers no row can have, misplaced files."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from pydantic import Field
from werkzeug.routing import IntegerConverter

from console.errors import ConsoleError
from console.web import strict_json
from console.web.paging import MAX_ID
from copydesk.errors import clipped

FILE_FIELDS = frozenset({"file", "folder"})  # what every form with files calls them

RowId = Annotated[int, Field(ge=1, le=MAX_ID)]  # of bodies


class UnstorableTextError(ConsoleError):
    """The request holds a NUL character, which PostgreSQL keeps in no text."""

    status = 400
    code = "nul_character"

    def __init__(self, holder: str, place: str = "") -> None:
        super().__init__(f"{holder} holds a NUL character (U+0000){place}. Remove it and send again.")


class MisplacedFileError(ConsoleError):
    """A file was sent under a name that holds text in every form."""

    status = 400
    code = "file_misplaced"

    def __init__(self, name: str) -> None:
        super().__init__(f"The field {clipped(name)!r} takes text, not a file. Send the file as 'file'.")


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
    app.before_request(_refuse_misplaced_files)


def _refuse_nul() -> None:
    if "\0" in request.path:
        raise UnstorableTextError("The address")
    if any("\0" in name or "\0" in value for name, value in request.args.items(multi=True)):
        raise UnstorableTextError("The query")
    for name, value in request.form.items(multi=True):
        if "\0" in name:
            raise UnstorableTextError("The name of a field")
        if "\0" in value:
            raise UnstorableTextError(f"The field “{clipped(name)}”", _place_of_nul(value))
    for name, file in request.files.items(multi=True):
        if "\0" in name or "\0" in (file.filename or ""):
            raise UnstorableTextError("A file's name")


def _place_of_nul(text: str) -> str:
    *lines, last = text.partition("\0")[0].split("\n")
    return f" in line {len(lines) + 1}, column {len(last) + 1}"


def _refuse_misplaced_files() -> None:
    # Forms are made of texts and files together; a file where a text belongs is neither to them.
    for name in request.files:
        if name not in FILE_FIELDS:
            raise MisplacedFileError(name)
