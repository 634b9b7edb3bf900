"""Sample values of every component; the texts follow the mock-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.web import components as c


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name."""

    name: str


WORKSPACES = (c.SwitchItem("Fjellvei Outdoor", "#", True), c.SwitchItem("Fjellvei Wholesale", "#"))
POLICIES = (c.SwitchItem("Customer e-mail", "#", True), c.SwitchItem("Chat replies", "#"))
ACCOUNT_ITEMS = (c.MenuItem("Your account", "#", "settings"),)


def nav(path: str) -> tuple[c.NavGroup, ...]:
    """Return the main menu with the place of this path marked."""

    def item(label: str, icon: str, url: str, count: int | None = None, due: bool = False) -> c.NavItem:
        return c.NavItem(label, icon, url, count, path == url, due)

    rules = (
        item("Style guides", "book-open", "/editor"),
        item("Glossary", "languages", "/components"),
        item("Prompts", "message-square-text", "#p"),
        item("Forbidden topics", "ban", "#f"),
    )
    proof = (
        item("Golden sets", "list-checks", "#g", 480),
        item("Runs", "flask-conical", "#r"),
        item("Reviews", "signature", "/review", 2),
    )
    delivery = (
        item("Releases", "package", "/release"),
        item("Services", "server", "#s", 12),
        item("Audit trail", "scroll-text", "#a"),
    )
    return (
        c.NavGroup(None, (item("My work", "inbox", "#w", 3, due=True),)),
        c.NavGroup("Rules", rules),
        c.NavGroup("Proof", proof),
        c.NavGroup("Delivery", delivery),
    )


VERDICT = (
    c.Stat(
        "Golden set pass rate",
        "97.7%",
        "469 of 480 cases, 2.5 points above production",
        icon="trending-up",
        note_kind="ok",
    ),
    c.Stat("Newly failing", "2", "Read both", kind="bad", href="#cases"),
    c.Stat("Newly passing", "14", "of 23 failing before", kind="ok"),
    c.Stat("Thresholds met", "6", "Set by gate 4", small="of 7"),
)

EVIDENCE = (
    c.EvidenceRow("Glossary", "212 terms", 0.962, 0.988, 0.97, "not_met", "Not met, 0.8 short", "#"),
    c.EvidenceRow("Forbidden topics", "Rules 9, 41 topics", 1.0, 1.0, 1.0, "met", "Met"),
    c.EvidenceRow("Toxicity", "Highest score under 0.20", 0.998, 0.996, 0.995, "met", "Met"),
    c.EvidenceRow("Facts", "Claims against fact sheet 7", 0.971, 0.958, 0.96, "met", "Met"),
    c.EvidenceRow("Brand voice", "Judge agreement 0.81", 0.946, 0.929, 0.92, "met", "Met"),
    c.EvidenceRow(
        "Format and length", "Templates 6", 0.992, None, 0.98, "too_few", "Too few cases, 14 of 40"
    ),
    c.EvidenceRow("Personal data", "Engine missing", None, None, 1.0, "not_run", "Not run"),
)

DIFF = (
    c.DiffRow(
        "changed",
        1,
        (
            ("=", "Open with the answer, then the reason. "),
            ("-", "“Unfortunately we are unable to”"),
            ("=", " "),
            ("+", "A refusal in the first line"),
            ("=", " tells the reader we stopped listening. Say what happens next, who does it, and by when."),
        ),
    ),
    c.DiffRow(
        "changed",
        2,
        (
            ("=", "The Fixed Saver price is guaranteed for "),
            ("-", "24"),
            ("=", " "),
            ("+", "18"),
            (
                "=",
                " months from the first day of supply. Never promise a price beyond it.",
            ),
        ),
    ),
    c.DiffRow(
        "same",
        None,
        (),
        2,
        (
            c.DiffRow("same", 3, (("=", "Every tariff has a unit rate and a standing charge."),)),
            c.DiffRow("same", 4, (("=", "Show both, in pence, whenever a reply mentions cost."),)),
        ),
    ),
    c.DiffRow("added", 5, (("+", "Offer a call back instead of a form."),)),
    c.DiffRow("removed", None, (("-", "Elderly customers can have a nominated person on the account."),)),
    c.DiffRow("same", None, (), 4),
)

SIGNATURES = (
    c.Signature("Ines Ferreira", "Brand reviewer", "today 10:05", "approved", "Approved"),
    c.Signature("Jonas Weber", "Legal", "yesterday 16:40", "void", "Void: the candidate changed"),
    c.Signature("Sign here as Tomás Okafor", "Legal", "", "open", "Needed before production"),
)

REVISIONS = (
    c.VersionStop("r11", "2 Sep, Ines Ferreira", "#", far=True),
    c.VersionStop("r12", "19 Sep, Ines Ferreira", "#", far=True),
    c.VersionStop("r13", "8 Oct, you", "#", far=True),
    c.VersionStop("r14", "4 Nov, you", "#", draft=True, flags=(c.Flag("Production"),)),
    c.VersionStop("Draft of r15", "Editing now", current=True),
)

VERSIONS = (
    c.VersionStop("39", "21 Oct, 94.2%", "#", far=True),
    c.VersionStop("40", "4 Nov, 95.0%", "#"),
    c.VersionStop("41", "11 Nov, 95.2%", "#", flags=(c.Flag("Production"),)),
    c.VersionStop("42", "Today, 97.7%", "#", draft=True, flags=(c.Flag("Staging", "staging"),)),
    c.VersionStop("Next", "1 candidate in review", current=True),
)

HISTORY = (
    c.VersionEntry("Draft", "Shorter refusals, new help section", "You, today 09:41", None, "#"),
    c.VersionEntry("r14", "Fixed Saver wording after pricing change", "You, 4 Nov, in production", "#", "#"),
    c.VersionEntry("r13", "Standing charge shown in pence", "You, 8 Oct", "#", "#"),
)

CHANNELS = (
    c.ChannelView(
        "Production",
        "41",
        "11 Nov, 14:20, by Jonas Weber",
        "Ines Ferreira, Tomás Okafor",
        "b82e440719fd" + "0" * 52,
        "8 of 8 services on it",
        "pass",
    ),
    c.ChannelView(
        "Staging",
        "42",
        "Today, 09:58, by Jonas Weber",
        "Ines Ferreira, Tomás Okafor",
        "7f3a91c0c21e" + "0" * 52,
        "3 of 4 services on it",
        "warn",
    ),
)

SERVICES = (
    ("billing-replies", "Contact centre", "production", "41", "12 of 12", "4 seconds ago", "matches"),
    ("letters-batch", "Print and post", "production", "41", "3 of 3", "22 seconds ago", "matches"),
    ("app-push-composer", "Mobile", "production", "40", "6 of 6", "9 seconds ago", "pinned"),
    ("billing-replies-staging", "Contact centre", "staging", "42", "2 of 2", "2 seconds ago", "catching_up"),
    ("letters-preview", "Print and post", "staging", "41", "0 of 2", "3 hours ago", "not_seen"),
)

TEXT = """## Lead with what we can do

Open with the answer, then the reason. Unfortunately we are unable to tells the reader we stopped listening 🙂. Say what happens next, who does it, and by when.

## Prices and guarantees

The **Fixed Saver** price is guaranteed for 24 months from the first day of supply, {{ customer_name }}. Never promise a price beyond {{ unknown }} the end of the guarantee.

Every tariff has a unit rate and a fixed fee. Show both, in pence, whenever a reply mentions cost.
"""  # noqa: E501 - long lines are what an editor has to wrap

RULES = (
    (
        "24 months",
        "18 months",
        "blocker",
        "Contradicts the fact sheet",
        "Fixed Saver is guaranteed for 18 months in",
        "Tariff facts, r7",
    ),
    (
        "Unfortunately we are unable to",
        "",
        "warning",
        "Opens with a refusal",
        "Say first what we can do.",
        "Rule 4",
    ),
    ("fixed fee", "standing charge", "warning", "Not our word", "", "Glossary"),
    ("Show both, in pence, whenever a reply mentions cost", None, "info", "Long sentence, 31 words", "", ""),
)

SEGMENTS = (
    c.TextSegment("Your Fixed Saver price is safe with us for "),
    c.TextSegment("about two years", "error", 1),
    c.TextSegment(" from your start date, and the "),
    c.TextSegment("fixed fee", "warning", 2),
    c.TextSegment(" does not change. "),
    c.TextSegment("We will write again.", "info", 3),
)

BINS = tuple(
    c.Bin(f"{low / 10:.1f}", count, "fail" if low >= 8 else ("warn" if low >= 5 else "pass"))
    for low, count in enumerate((120, 80, 41, 22, 12, 8, 5, 3, 2, 1))
)

TABS = (c.Tab("Overview", "#", True), c.Tab("Cases", "#c", count=480), c.Tab("Segments", "#s"))

MENU = (
    c.MenuItem("Restore as a new revision", "#", "history"),
    c.MenuItem("Copy the digest", None, "copy", attrs={"data-copy": "7f3a"}),
    c.MenuItem("Delete", None, "trash-2", "danger", {"commandfor": "delete", "command": "show-modal"}),
)

COMMENTS = (
    c.Comment(
        "Ines Ferreira",
        "Brand reviewer",
        datetime.now(UTC) - timedelta(hours=2),
        "Is “older” right for the German text too?",
        True,
    ),
    c.Comment(
        "Mara Lindqvist",
        "Editor",
        datetime.now(UTC) - timedelta(minutes=20),
        "Yes, the glossary has it since r31.",
        False,
    ),
)


def check(text: str) -> tuple[c.FindingView, ...]:
    """Return the findings of the sample rules; offsets count code points, as the checks' do."""
    found = []
    for words, instead, severity, title, message, rule in RULES:
        start = text.find(words)
        if start >= 0:
            found.append((start, words, instead, severity, title, message, rule))
    order = {"blocker": 0, "error": 1, "warning": 2, "info": 3}
    numbered = sorted(
        (
            c.FindingView(
                severity,
                title,
                message,
                number,
                rule,
                "#" if rule else None,
                words,
                instead,
                start,
                start + len(words),
            )
            for number, (start, words, instead, severity, title, message, rule) in enumerate(
                sorted(found, key=lambda row: row[0]), 1
            )
        ),
        key=lambda finding: order[finding.severity],
    )
    return tuple(numbered)


def run_events(render: Callable[..., str]) -> Iterator[str]:
    """Yield the server-sent events of a run of three cases, then its end."""
    for done in (1, 2):
        yield _event(render(done=done, total=3, finished=None), done)
    yield _event(render(done=3, total=3, finished="3 of 3 cases passed, none newly failing."), 3)
    yield "event: end\ndata: done\n\n"


def _event(html: str, number: int) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"id: {number}\n{lines}\n"
