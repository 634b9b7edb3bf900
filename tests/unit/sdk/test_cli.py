"""The command line: what it prints and how it exits."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.factories import bundles
from tests.simulators.console import Answer, ConsoleSimulator

Run = Callable[..., tuple[int, str, str]]
ADA = '{"first_name": "Ada"}'


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.pem").write_text(bundles.signer().public_pem)
    (tmp_path / "one.bundle").write_bytes(bundles.bundle(1))
    for name in ("URL", "WORKSPACE", "POLICY", "CHANNEL", "TRUST", "TOKEN"):
        monkeypatch.delenv(f"COPYDESK_{name}", raising=False)
    monkeypatch.setenv("COPYDESK_TRUST", str(tmp_path / "key.pem"))
    monkeypatch.setenv("COPYDESK_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsoleSimulator]:
    with ConsoleSimulator() as simulator:
        monkeypatch.setenv("COPYDESK_URL", simulator.url)
        monkeypatch.setenv("COPYDESK_WORKSPACE", "acme")
        monkeypatch.setenv("COPYDESK_POLICY", "customer-email")
        monkeypatch.setenv("COPYDESK_TOKEN", simulator.token)
        yield simulator


def test_a_good_bundle_verifies_and_shows_who_approved_it(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("verify", tmp_path / "one.bundle")
    assert code == 0
    assert out.startswith("acme/customer-email@1 verifies")
    code, out, _ = run("show", tmp_path / "one.bundle")
    assert code == 0
    assert "approved   by user 7 as legal" in out
    assert "content    glossary house r3" in out
    code, out, _ = run("show", tmp_path / "one.bundle", "--json")
    assert json.loads(out)["approvals"][1]["role"] == "legal"


def test_a_bundle_that_does_not_verify_exits_with_4(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.bundle").write_bytes(bundles.bundle(1, key="stranger"))
    code, out, err = run("verify", tmp_path / "bad.bundle")
    assert (code, out) == (4, "")
    assert "not trusted" in err


def test_a_text_is_checked_with_exit_code_1_when_blocked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = ("--bundle", tmp_path / "one.bundle", "--prompt", "welcome")
    (tmp_path / "good.txt").write_text("Fine.")
    assert run("check", tmp_path / "good.txt", *bundle)[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("So cheap!"))
    code, out, _ = run("check", *bundle)
    assert code == 1
    assert out.startswith("fail (version 1)")
    assert "glossary house/banned" in out
    assert "rules kept: required " in out.splitlines()[-1]
    monkeypatch.setattr("sys.stdin", io.StringIO("So cheap!"))
    answer = json.loads(run("check", *bundle, "--json")[1])
    assert answer["outcome"] == "fail"
    assert float(answer["rule_score"]["required"]) < 1 == float(answer["rule_score"]["recommended"])
    assert (answer["rule_score"]["words"], answer["voice_match"]) == (2, None)


def test_a_prompt_is_rendered(run: Run, tmp_path: Path) -> None:
    arguments = ("render", "--bundle", tmp_path / "one.bundle", "--prompt", "welcome")
    code, out, _ = run(*arguments, "--variables", ADA)
    assert code == 0
    assert out.endswith("--- user\nWelcome Ada back.\n")
    (tmp_path / "v.json").write_text(ADA)
    assert run(*arguments, "--variables", f"@{tmp_path / 'v.json'}")[1] == out
    code, _, err = run(*arguments)
    assert code == 5
    assert "first_name: is missing" in err
    assert run(*arguments, "--variables", "{")[0] == 2
    assert run(*arguments[:-1], "nope")[0] == 5


def test_pull_fetches_and_keeps_and_writes(run: Run, console: ConsoleSimulator, tmp_path: Path) -> None:
    data = console.publish(3)
    code, out, _ = run("pull", "--output", tmp_path / "out.bundle")
    assert code == 0
    assert out.startswith("acme/customer-email@3 (matches)")
    assert (tmp_path / "out.bundle").read_bytes() == data
    code, out, _ = run("pull", "--bundle-version", 3, "--json")
    assert json.loads(out)["version"] == 3


def test_pull_tells_a_console_that_is_away_from_one_that_lies(run: Run, console: ConsoleSimulator) -> None:
    console.overrides[console.pointer_path()] = Answer(503)
    code, _, err = run("pull")
    assert code == 3
    assert "answered 503" in err
    console.overrides.clear()
    console.publish(1, key="stranger")
    assert run("pull")[0] == 4
    console.sequence = 0
    console.publish(1)
    assert run("pull")[0] == 0
    console.overrides[console.pointer_path()] = Answer(503)
    code, out, err = run("pull")
    assert code == 3, "a stored version is told, but the command did not do what it was asked"
    assert "@1 (offline)" in out


def test_what_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "--url is missing" in run("pull")[2]
    assert run("verify", tmp_path / "nothing.bundle")[0] == 2
    monkeypatch.delenv("COPYDESK_TRUST")
    code, _, err = run("verify", tmp_path / "one.bundle")
    assert code == 2
    assert "--trust is missing" in err


def test_serving_others_without_a_token_is_refused(run: Run, tmp_path: Path) -> None:
    code, _, err = run("serve", "--bundle", tmp_path / "one.bundle", "--host", "0.0.0.0")  # noqa: S104
    assert code == 2
    assert "give a token" in err


def test_an_audit_export_is_verified(run: Run, tmp_path: Path) -> None:
    from tests.unit.sdk.test_audit import chain, checkpoint

    entries = chain()
    path = tmp_path / "audit.jsonl"
    path.write_text("\n".join(map(json.dumps, [*entries, checkpoint(entries)])))
    assert run("audit", "verify", path)[:2] == (0, "5 entries, 1 checkpoints, 0 problems\n")
    path.write_text("\n".join(map(json.dumps, [*entries[:2], checkpoint(entries)])))
    code, out, _ = run("audit", "verify", path)
    assert code == 1
    assert "the tail was cut" in out
