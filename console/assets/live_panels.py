"""What is said beside an entry: findings of the checks, examples that hold or not, the rendered prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app, g, url_for
from flask_babel import gettext as _

from console.assets import (
    conflict_building,
    item_building,
    items,
    live,
    measuring,
    offer_building,
    queries,
    remarks,
)
from console.assets.editing import working_copy
from console.assets.forms import ContentForm
from console.assets.labelled import finding_key, labelled_as_wrong
from console.assets.labels import check_label
from console.assets.live import CheckState, State
from console.assets.pages import ChecksView, CheckView, ItemPage, LivePanel
from console.assets.projection import Items, items_of
from console.assets.scores import score_facts
from console.clock import now
from console.config import Settings
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor
from console.web.components import FindingView
from copydesk.assets import Kind
from copydesk.assets.prompt import Role
from copydesk.checks.contract import Context, Finding
from copydesk.checks.masking import hide_found, quote_of
from copydesk.errors import ContentError
from models import Asset, Policy

Json = Mapping[str, Any]
MAX_SHOWN = 50


def item_panel(
    asset: Asset,
    content: Json,
    spec: Items,
    typed: Json,
    *,
    key: str | None,
    text: str = "",
    case_id: str = "",
) -> LivePanel:
    """Return what is said of an item as it is typed.

    Args:
        content: the draft without what is typed.
        key: the item it replaces, None for a new one.
        text: the sample to judge.
        case_id: the golden case a prompt is rendered for, "" for sample values.
    """
    if items.problems_of(spec.model, typed):
        empty = ("info", _("Not checked yet: fill the form in first."))
        return LivePanel((), item_building.source_of(spec.name), remarks=(empty,))
    changed = _put(content, spec, typed, key)
    if spec.name == "blocks":
        return _block_panel(asset, changed, typed, case_id)
    if spec.name == "fallbacks":
        return _fallback_panel(asset, changed, typed)
    found = remarks.of_item(spec.name, typed, changed)
    if spec.name == "topics":
        return _topic_panel(asset, changed, spec.key(typed), text, found)
    said, is_complete = conflict_building.remarks_of_item(asset, changed, spec.name, spec.key(typed))
    return replace(sample_panel(asset, changed, text, (*said, *found)), is_learning=not is_complete)


def _topic_panel(
    asset: Asset, content: Json, key: str, text: str, said: Sequence[tuple[str, str]]
) -> LivePanel:
    """Say how well the topic's examples work, and what the policy with them says of a sample."""
    try:
        assets = measuring.topic_assets(db.session, asset, content)
    except ContentError:
        return sample_panel(asset, content, text, said)
    found = measuring.measure_topics(assets, asset.name, only=key, wait_s=measuring.SHORT_WAIT_S)
    measured = [remark for measure in found.done for remark in remarks.measure_remarks(measure)]
    waiting = [] if found.is_complete else [("info", _("Measuring the examples …"))]
    panel = sample_panel(asset, content, text, (*said, *measured, *waiting))
    return replace(panel, is_learning=not found.is_complete)


def page_panel(page: ItemPage, form: ContentForm) -> LivePanel:
    """Return what is said beside a form when its page is drawn, without any script."""
    asset: Asset = g.asset
    content = working_copy(db.session, asset).content
    if not page.list_name:
        text = str(form[page.source].data or "") if page.source in form else ""
        return sample_panel(asset, content, text, remarks.of_part(page.key or "", content), page.source)
    spec = item_building.spec_of(asset, page.list_name)
    if page.key is None:
        return LivePanel((), page.source, has_sample=False)
    try:
        item = items.find_item(content, spec, page.key)
    except items.NoSuchItemError:
        return LivePanel((), page.source, has_sample=False)
    return item_panel(asset, content, spec, item, key=page.key)


def _put(content: Json, spec: Items, typed: Json, key: str | None) -> dict[str, Any]:
    taken = {key, spec.key(typed)} - {None}
    return items.put_item(items.remove_items(content, spec, [str(k) for k in taken]), spec, typed)


def sample_panel(
    asset: Asset, content: Json, text: str, said: Sequence[tuple[str, str]], source: str = "sample"
) -> LivePanel:
    """Return what the policy with this content in it says of a sample."""
    if not text.strip():
        return LivePanel((), source, remarks=tuple(said), has_sample=False)
    # A sample of a prompt is an output of it, so its own contract counts too.
    prompt = asset.name if asset.kind == Kind.PROMPT else None
    context = Context(prompt=prompt, today=now().date().isoformat())
    result = _judged(asset, content, text, context)
    more = [("warn", problem.message) for problem in result.problems[:5]]
    policies = queries.policies_of_asset(db.session, asset)
    labelling = policies[0] if policies else None  # whose cases the findings of this asset are labelled in
    return LivePanel(
        _with_offers(asset, policies, finding_views(result.findings, text, asset)),
        source,
        remarks=(*said, *more),
        checks=checks_view(result.states),
        scores=_scores(text, result),
        found=result.found,
        labelled=labelled_as_wrong(db.session, labelling.id, text, result.findings) if labelling else {},
        policy_slug=labelling.slug if labelling else "",
    )


def _with_offers(
    asset: Asset, policies: Sequence[Policy], findings: tuple[FindingView, ...]
) -> tuple[FindingView, ...]:
    if not actor().may(Permission.EDIT):
        return findings
    ids = [policy.id for policy in policies]
    return offer_building.with_offers(db.session, asset.workspace_id, ids, findings)


def _scores(text: str, result: live.LiveResult) -> tuple[tuple[str, str], ...]:
    scores = score_facts(text[: live.MAX_SAMPLE_CHARS], result.verdict) if result.verdict else ()
    return (*scores, (_("Sentences by the facts"), result.sentences)) if result.sentences else scores


def _judged(asset: Asset, content: Json, text: str, context: Context) -> live.LiveResult:
    settings: Settings = current_app.extensions["copydesk_settings"]
    contents = queries.policy_contents(db.session, asset, content)
    return live.check_sample(contents, text, context, home=settings.home)


def checks_view(states: Sequence[CheckState]) -> ChecksView | None:
    """Return how the checks stand to a sample, those first that were not asked or found something."""
    if not states:
        return None
    words = {
        State.NOT_RUN: ("warn", _("Did not run"), _("%(num)s did not run")),
        State.PART: ("warn", _("Read in part"), _("%(num)s read it in part")),
        State.LEARNING: ("info", _("Learning"), _("%(num)s still learning")),
        State.FAIL: ("fail", _("Fails"), _("%(num)s fail")),
        State.WARN: ("warn", _("Warns"), _("%(num)s warn")),
        State.PASS: ("pass", _("Passes"), _("%(num)s pass")),
        State.OFF: ("", _("Switched off"), _("%(num)s switched off")),
    }
    counts = Counter(state.state for state in states)
    rows = [
        CheckView(check_label(each.check), kind, word, each.reason)
        for state, (kind, word, _summary) in words.items()
        for each in states
        if each.state is state
    ]
    summary = [
        text.replace("%(num)s", str(counts[state]))
        for state, (_k, _w, text) in words.items()
        if counts[state]
    ]
    return ChecksView(
        _("Checks: %(states)s", states=", ".join(summary)),
        tuple(rows),
        is_open=bool(counts[State.NOT_RUN] or counts[State.PART]),
        is_learning=bool(counts[State.LEARNING]),
    )


def finding_views(findings: Sequence[Finding], text: str, asset: Asset) -> tuple[FindingView, ...]:
    """Return findings in the reader's words without personal values; this asset's lead to their entry."""
    hidden = hide_found(text, findings)
    return tuple(
        FindingView(
            severity=finding.severity.value,
            title=finding.message,
            number=number,
            rule_label=finding.rule_id,
            rule_url=_rule_url(finding.rule_id, asset),
            quote=quote_of(finding, hidden),
            suggestion=finding.suggestion,
            start=finding.span.start if finding.span else None,
            end=finding.span.end if finding.span else None,
            key=finding_key(finding),
        )
        for number, finding in enumerate(findings[:MAX_SHOWN], start=1)
    )


def _rule_url(rule_id: str, asset: Asset) -> str | None:
    name, slash, key = rule_id.partition("/")
    lists = {Kind.GLOSSARY: "terms", Kind.STYLE_GUIDE: "rules", Kind.FORBIDDEN_TOPICS: "topics"}
    lists |= {Kind.FACT_SHEET: "facts", Kind.LIMITS: "channels"}
    list_name = lists.get(Kind(asset.kind))
    if not slash or name != asset.name or list_name is None:
        return None
    present = {str(item.get("id")) for item in items_of(working_copy(db.session, asset).content, list_name)}
    return url_for("assets.edit_item", list_name=list_name, key=key) if key in present else None


def _block_panel(asset: Asset, content: Json, block: Json, case_id: str) -> LivePanel:
    """Show what is wrong in the template, and the whole prompt as the model gets it for a chosen case."""
    text, variables = str(block.get("text", "")), items_of(content, "variables")
    found = remarks.template_findings(text, variables, str(block.get("role", "")))
    offered = () if found or block.get("role") == Role.SYSTEM else remarks.delimiting_remarks(text, variables)
    case = next((c for c in queries.cases_of_prompt(db.session, asset) if c.get("id") == case_id), None)
    said, preview = remarks.preview(content, case)
    return LivePanel(found, "text", remarks=(*said, *offered), preview=preview)


def _fallback_panel(asset: Asset, content: Json, fallback: Json) -> LivePanel:
    """Show what is wrong in the template; when nothing is, what the checks say of the copy as it is sent."""
    prompt = item_building.prompt_content(asset, content, "fallbacks", fallback)
    if not prompt:
        text = _("There is no revision of a prompt “%(name)s” yet.", name=fallback.get("prompt", ""))
        return LivePanel((), "text", remarks=(("warn", text),))
    found = remarks.template_findings(str(fallback.get("text", "")), items_of(prompt, "variables"))
    if found:
        return LivePanel(found, "text")
    said, rendered = remarks.rendered_fallback(prompt, fallback)
    if not rendered:
        return LivePanel((), "text", remarks=said)
    context = Context(
        prompt=str(fallback.get("prompt")),
        audience=fallback.get("audience"),
        locale=fallback.get("locale"),
        channel=str(prompt.get("channel") or "") or None,
        today=now().date().isoformat(),
    )
    result = _judged(asset, content, rendered, context)
    more = tuple(("warn", problem.message) for problem in result.problems[:5])
    views = tuple(
        # The offsets are those of the rendered copy, not of the template that is typed.
        FindingView(
            severity=f.severity, title=f.title, number=f.number, rule_label=f.rule_label, quote=f.quote
        )
        for f in finding_views(result.findings, rendered, asset)
    )
    preview = ((_("As it is sent"), rendered),)
    return LivePanel(
        views,
        "text",
        remarks=(*said, *more),
        preview=preview,
        checks=checks_view(result.states),
        scores=_scores(rendered, result),
        found=result.found,
    )
