"""What a browser knows of a page's forms: their fields, what stands in them, which are marked as wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = frozenset({"input", "br", "hr", "img", "link", "meta", "source", "use", "path", "wbr"})
NOT_TYPED = frozenset(
    {"hidden", "checkbox", "radio", "file", "submit", "button", "password", "image", "reset"}
)


@dataclass
class Control:
    """A field as it stands in the page; `value` of a select is the chosen option."""

    tag: str
    name: str
    type: str
    value: str = ""
    is_checked: bool = False
    is_wrong: bool = False  # aria-invalid
    described_by: tuple[str, ...] = ()
    options: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Whether people type text into it; passwords are never shown again."""
        return self.tag == "textarea" or (self.tag == "input" and self.type not in NOT_TYPED)


@dataclass
class Form:
    """A form with its controls; the address is where it posts to."""

    method: str
    action: str
    is_fragment: bool  # sent by htmx, which expects a part of the page
    controls: list[Control] = field(default_factory=list)

    @property
    def typed(self) -> list[Control]:
        """The fields people type into."""
        return [control for control in self.controls if control.is_typed]

    def named(self, name: str) -> Control | None:
        """Return the first control of a name."""
        return next((control for control in self.controls if control.name == name), None)

    def values(self) -> dict[str, list[str]]:
        """Return what a browser would send as it stands."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.type in {"checkbox", "radio"} and not control.is_checked:
                continue
            if control.type not in {"submit", "button", "file", "image", "reset"}:
                sent.setdefault(control.name, []).append(control.value)
        return sent


class Page(HTMLParser):
    """A page's links, its forms, and the text of every element that has an id."""

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.texts: dict[str, str] = {}
        self._forms_by_id: dict[str, Form] = {}
        self._open: list[tuple[str, str]] = []  # tag and id of what is open
        self._form: Form | None = None
        self._select: Control | None = None
        self._area: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Take in an element."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append((tag, given.get("id", "")))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._open_form(given)
        elif tag in {"input", "textarea", "select"} and given.get("name") and "disabled" not in given:
            self._take(tag, given)
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            self._select.options.append(value)
            if "selected" in given or len(self._select.options) == 1:
                self._select.value = value

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open inside it."""
        if tag not in VOID and any(open_tag == tag for open_tag, _id in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            # HTML drops one newline after the opening tag; WTForms writes one for it.
            self._area.value = self._area.value.replace("\r\n", "\n").removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        """Take in text."""
        if self._area is not None:
            self._area.value += data
        for _tag, name in self._open:
            if name:
                self.texts[name] = self.texts.get(name, "") + data

    def _open_form(self, given: Mapping[str, str]) -> None:
        action = given.get("action") or self.path
        self._form = Form(given.get("method", "get").lower(), action.split("#")[0], "hx-post" in given)
        self.forms.append(self._form)
        if "id" in given:
            self._forms_by_id[given["id"]] = self._form

    def _take(self, tag: str, given: Mapping[str, str]) -> None:
        control = Control(
            tag,
            given["name"],
            given.get("type", "text") if tag == "input" else tag,
            given.get("value", "on" if given.get("type") in {"checkbox", "radio"} else ""),
            "checked" in given,
            given.get("aria-invalid") == "true",
            tuple(given.get("aria-describedby", "").split()),
        )
        form = self._forms_by_id.get(given["form"]) if "form" in given else self._form
        if form is not None:
            form.controls.append(control)
        if tag == "select":
            self._select = control
        elif tag == "textarea":
            self._area = control

    def forms_to(self, address: str) -> list[Form]:
        """Return the forms that post to an address."""
        wanted = urlsplit(address).path
        return [form for form in self.forms if form.method == "post" and urlsplit(form.action).path == wanted]


def lost(form: Form, sent: Mapping[str, list[str]]) -> dict[str, object]:
    """Return what of the fields that were filled in does not stand in the form."""
    missing: dict[str, object] = {}
    shown = form.values()
    for control in form.controls:
        if control.name in sent and control.type not in {"hidden", "password", "submit"}:
            given = [text.replace("\r\n", "\n").strip() for text in sent[control.name]]
            there = [text.replace("\r\n", "\n").strip() for text in shown.get(control.name, [])]
            if there != given:
                missing[control.name] = there
    return missing | {name: "no field" for name in sent if form.named(name) is None}


def named_wrong(page: Page, form: Form) -> dict[str, str]:
    """Return the fields that are marked as wrong, with what is said at them."""
    said = {}
    for control in form.controls:
        if control.is_wrong:
            errors = [page.texts.get(name, "") for name in control.described_by if name.endswith("-error")]
            said[control.name] = " ".join("".join(errors).split())
    return said
