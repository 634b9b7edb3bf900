"""The command line `copydesk`.

Exit codes: 0 all is well; 1 the answer is no (a text is blocked, an audit log is not sound); 2 the command is
wrong (argparse); 3 the console could not be reached or turned us away; 4 a bundle, pointer or file does not
verify; 5 the policy can't do it (no policy, unknown prompt, wrong variables, no fallback).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk import __version__, cli_vale
from copydesk.active import Policy
from copydesk.audit import verify_export
from copydesk.bundle import MAX_BUNDLE_BYTES, Trust, VerifiedBundle, verify
from copydesk.checks.wire import verdict_to_json
from copydesk.client import Client, ClientState, ClientStatus
from copydesk.errors import BundleError, CopydeskError, FetchError, NoPolicyError
from copydesk.file_reading import MAX_FILE_BYTES, read_json, read_start, read_text
from copydesk.scoring import scores_in_words, scores_to_json
from copydesk.serve import make_server

EXIT_OK = 0
EXIT_NO = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_UNVERIFIED = 4
EXIT_IMPOSSIBLE = 5


class UsageError(Exception):
    """The command line asks for something that can't be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = make_parser()
    args = parser.parse_args(arguments)
    try:
        return int(args.run(args))
    except UsageError as error:
        return _fail(f"{error}", EXIT_USAGE)
    except FetchError as error:
        return _fail(f"{error}", EXIT_UNREACHABLE)
    except BundleError as error:
        return _fail(f"does not verify: {error}", EXIT_UNVERIFIED)
    except CopydeskError as error:
        return _fail(f"{error}", EXIT_IMPOSSIBLE)
    except (OSError, ValueError) as error:
        return _fail(f"{error}", EXIT_USAGE)
    except KeyboardInterrupt:
        return EXIT_OK


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; `copydesk.cli_ci` adds its own where it is installed."""
    parser = argparse.ArgumentParser(
        prog="copydesk",
        description="Fetch approved policies of generated content and enforce them.",
        epilog="Exit codes: 0 fine, 1 the answer is no, 2 wrong command, 3 console unreachable, "
        "4 does not verify, 5 the policy can't do it.",
    )
    parser.add_argument("--version", action="version", version=f"copydesk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    _add_pull(commands)
    _add_files(commands)
    _add_texts(commands)
    _add_serve(commands)
    _add_audit(commands)
    cli_vale.register(commands)
    if importlib.util.find_spec("copydesk.cli_ci") is not None:
        importlib.import_module("copydesk.cli_ci").register(commands)
    return parser


def _add_pull(commands: Any) -> None:
    pull = commands.add_parser("pull", help="fetch, verify and keep the current bundle")
    _add_client_options(pull)
    _add_json(pull)
    pull.add_argument("--output", type=Path, help="also write the bundle to this file")
    pull.set_defaults(run=_pull)


def _add_files(commands: Any) -> None:
    for name, text, run in (
        ("verify", "verify a bundle file", _verify),
        ("show", "show what a verified bundle holds and who approved it", _show),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("file", type=Path, help="the bundle")
        _add_trust(command)
        _add_json(command)
        command.set_defaults(run=run)


def _add_texts(commands: Any) -> None:
    render = commands.add_parser("render", help="render a prompt")
    check = commands.add_parser("check", help="check a text; exit code 1 if it is blocked")
    check.add_argument("text", nargs="?", default="-", help="file with the text, - for standard input")
    check.add_argument("--channel-name", help="channel of the text; default the prompt's")
    check.add_argument("--segment")
    for command, run in ((render, _render), (check, _check)):
        command.add_argument("--prompt", required=command is render, help="name of the prompt")
        command.add_argument("--audience")
        command.add_argument("--locale", help="such as en-GB")
        command.add_argument("--variables", default="{}", help="JSON object, or @file")
        command.add_argument("--bundle", type=Path, help="use this bundle file instead of the console")
        _add_client_options(command)
        _add_json(command)
        command.set_defaults(run=run)


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="serve render, check and guard over loopback HTTP")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to bind; others than loopback need a token"
    )
    serve.add_argument("--port", type=int, default=8181, help="0 takes a free one")
    serve.add_argument(
        "--serve-token", default=os.environ.get("COPYDESK_SERVE_TOKEN"), help="callers must send it as bearer"
    )
    serve.add_argument("--bundle", type=Path, help="serve this bundle file instead of the console's")
    serve.add_argument("--refresh-interval", type=float, default=30.0, metavar="SECONDS")
    _add_client_options(serve)
    serve.set_defaults(run=_serve)


def _add_audit(commands: Any) -> None:
    audit = commands.add_parser("audit", help="work with exported audit logs")
    audits = audit.add_subparsers(required=True, metavar="command")
    check = audits.add_parser("verify", help="verify an exported audit log; exit code 1 if it is not sound")
    check.add_argument("file", type=Path, help="JSON Lines, - for standard input")
    _add_trust(check)
    _add_json(check)
    check.set_defaults(run=_audit_verify)


def _add_client_options(command: argparse.ArgumentParser) -> None:
    env = os.environ.get
    command.add_argument("--url", default=env("COPYDESK_URL"), help="the console's address [COPYDESK_URL]")
    command.add_argument("--workspace", default=env("COPYDESK_WORKSPACE"), help="[COPYDESK_WORKSPACE]")
    command.add_argument("--policy", default=env("COPYDESK_POLICY"), help="[COPYDESK_POLICY]")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--channel", help="default production [COPYDESK_CHANNEL]")
    which.add_argument("--bundle-version", type=int, help="stay on this version")
    command.add_argument(
        "--cache-dir", type=Path, default=env("COPYDESK_CACHE_DIR"), help="[COPYDESK_CACHE_DIR]"
    )
    _add_trust(command)


def _add_trust(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--trust",
        type=Path,
        action="append",
        help="file with the console's public key as PEM; may be repeated [COPYDESK_TRUST]",
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="answer as JSON")


def _pull(args: argparse.Namespace) -> int:
    with _client(args, background=False) as client:
        status = client.refresh()
        policy = client.policy
        if args.output:
            _write_bundle(client, args.output)
        line = f"{policy.bundle.revision} ({status.state}) sha256 {policy.bundle.sha256}"
        _print(args, status.to_json() | {"sha256": policy.bundle.sha256}, line)
        if status.last_error:
            print(f"copydesk: {status.last_error}", file=sys.stderr)
        return {ClientState.MATCHES: EXIT_OK, ClientState.REFUSED: EXIT_UNVERIFIED}.get(
            status.state, EXIT_UNREACHABLE
        )


def _write_bundle(client: Client, path: Path) -> None:
    path.write_bytes(client.bundle_bytes())


def _verify(args: argparse.Namespace) -> int:
    bundle = _bundle(args.file, args)
    body = {"revision": bundle.revision, "sha256": bundle.sha256, "key_id": bundle.key_id, "verified": True}
    _print(args, body, f"{bundle.revision} verifies: signed by {bundle.key_id}, sha256 {bundle.sha256}")
    return EXIT_OK


def _show(args: argparse.Namespace) -> int:
    bundle = _bundle(args.file, args)
    _print(args, _summary(bundle), _described(bundle))
    return EXIT_OK


def _render(args: argparse.Namespace) -> int:
    with _policy(args) as held:
        rendered = held.policy.render(
            args.prompt, audience=args.audience, locale=args.locale, variables=_variables(args.variables)
        )
    lines = [f"--- {message.role}\n{message.content}" for message in rendered.messages]
    _print(args, rendered.to_json(), "\n".join(lines))
    return EXIT_OK


def _check(args: argparse.Namespace) -> int:
    text = _read_text(args.text)
    with _policy(args) as held:
        verdict = held.policy.check(
            text,
            prompt=args.prompt,
            audience=args.audience,
            channel=args.channel_name,
            locale=args.locale,
            segment=args.segment,
            variables=_variables(args.variables),
        )
        version = held.policy.version
    lines = [f"{verdict.outcome.value} (version {version})"]
    lines += [f"{f.severity.value:8} {f.check} {f.rule_id}: {f.message}" for f in verdict.findings]
    lines += [f"not run  {r.check}: {r.reason}" for r in verdict.results if r.outcome.value == "not_run"]
    lines += scores_in_words(text, verdict)
    body = {"version": version, **verdict_to_json(verdict), **scores_to_json(text, verdict)}
    _print(args, body, "\n".join(lines))
    return EXIT_NO if verdict.is_blocked else EXIT_OK


def _serve(args: argparse.Namespace) -> int:
    with _policy(args, background=True) as source:
        try:
            server = make_server(source, args.host, args.port, args.serve_token)
        except (ValueError, OverflowError) as error:  # a port beyond all ports overflows
            raise UsageError(str(error)) from error
        host, port = server.server_address[:2]
        print(f"copydesk serves on http://{host!s}:{port}", flush=True)
        with server:
            server.serve_forever()
    return EXIT_OK


def _audit_verify(args: argparse.Namespace) -> int:
    lines = _read_text(str(args.file)).split("\n")  # no other character ends a line of JSON Lines
    verdict = verify_export(lines, _trust(args) if _has_trust(args) else None)
    problems = [{"line": p.line, "message": p.message} for p in verdict.problems]
    body = {"entries": verdict.entries, "checkpoints": verdict.checkpoints, "problems": problems}
    said = [f"line {p['line']}: {p['message']}" if p["line"] else str(p["message"]) for p in problems]
    said.append(f"{verdict.entries} entries, {verdict.checkpoints} checkpoints, {len(problems)} problems")
    if not _has_trust(args):
        said.append("checkpoints were not looked at: give the public key with --trust to find a cut tail")
    _print(args, body, "\n".join(said))
    return EXIT_NO if problems else EXIT_OK


@dataclass(frozen=True, slots=True)
class _FilePolicy:
    """One bundle file as a source of policy, for the commands that take `--bundle`."""

    policy: Policy

    @property
    def status(self) -> ClientStatus:
        version = self.policy.version
        missing = self.policy.missing_engines
        return ClientStatus(ClientState.MATCHES, version, version, None, None, None, False, missing)

    def __enter__(self) -> _FilePolicy:
        return self

    def __exit__(self, *args: object) -> None:
        return None


def _policy(args: argparse.Namespace, *, background: bool = False) -> Client | _FilePolicy:
    if args.bundle is not None:
        return _FilePolicy(Policy.from_bundle(_bundle(args.bundle, args)))
    return _client(args, background=background)


def _client(args: argparse.Namespace, *, background: bool) -> Client:
    for name in ("url", "workspace", "policy"):
        if not getattr(args, name):
            raise UsageError(f"--{name} is missing (or COPYDESK_{name.upper()})")
    is_pinned = args.bundle_version is not None
    channel = None if is_pinned else args.channel or os.environ.get("COPYDESK_CHANNEL") or "production"
    # From the environment only: a token on a command line shows in every process list.
    client = Client(
        args.url,
        workspace=args.workspace,
        policy=args.policy,
        channel=channel,
        version=args.bundle_version,
        token=os.environ.get("COPYDESK_TOKEN"),
        trust=_trust(args),
        cache_dir=args.cache_dir,
        refresh_interval_s=getattr(args, "refresh_interval", 30.0),
        background=background,
    )
    if not background and client.status.version is None:
        _raise_why(client)
    return client


def _raise_why(client: Client) -> None:
    problem = client.last_problem
    client.close()
    raise problem if problem is not None else NoPolicyError("the channel names no version that may run")


def _bundle(path: Path, args: argparse.Namespace) -> VerifiedBundle:
    return verify(read_start(path, MAX_BUNDLE_BYTES + 1), _trust(args))


def _has_trust(args: argparse.Namespace) -> bool:
    return bool(args.trust or os.environ.get("COPYDESK_TRUST"))


def _trust(args: argparse.Namespace) -> Trust:
    paths = args.trust or [Path(p) for p in os.environ.get("COPYDESK_TRUST", "").split(os.pathsep) if p]
    if not paths:
        raise UsageError("--trust is missing (or COPYDESK_TRUST): the file with the console's public key")
    try:
        return Trust.from_pem([read_start(path, MAX_FILE_BYTES) for path in paths])
    except ValueError as error:
        raise UsageError(f"{', '.join(map(str, paths))}: {error}") from error


def _variables(given: str) -> dict[str, Any]:
    text = read_text(Path(given[1:]), MAX_FILE_BYTES) if given.startswith("@") else given
    try:
        value = read_json(text)
    except ValueError as error:
        raise UsageError(f"--variables {error}") from error
    if not isinstance(value, dict):
        raise UsageError("--variables must be a JSON object")
    return value


def _read_text(name: str) -> str:
    if name != "-":
        return read_text(Path(name))
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError("the text on standard input is not UTF-8; convert it") from error


def _summary(bundle: VerifiedBundle) -> dict[str, Any]:
    release = bundle.release
    return {
        "revision": bundle.revision,
        "version": bundle.version,
        "sha256": bundle.sha256,
        "content_sha256": bundle.content_sha256,
        "key_id": bundle.key_id,
        "candidate_digest": release.candidate_digest,
        "approved_at": release.approved_at.isoformat(),
        "approvals": [approval.to_json() for approval in release.approvals],
        "run": release.run.to_json(),
        "sources": [source.to_json() for source in release.sources],
        "waivers": [waiver.to_json() for waiver in release.waivers],
        "engines": [engine.to_json() for engine in release.engines],
        "changelog": release.changelog,
    }


def _described(bundle: VerifiedBundle) -> str:
    release = bundle.release
    lines = [
        f"{bundle.revision}",
        f"sha256     {bundle.sha256}",
        f"signed by  {bundle.key_id}",
        f"candidate  {release.candidate_digest}",
        f"run        {release.run.digest}",
    ]
    lines += [f"approved   by user {a.user} as {a.role} at {a.at.isoformat()}" for a in release.approvals]
    lines += [f"content    {s.kind} {s.name} r{s.revision} {s.sha256[:12]}" for s in release.sources]
    lines += [
        f"engine     {e.check}: {e.engine} {e.engine_version} ({e.enforced_at})" for e in release.engines
    ]
    lines += [f"waiver     {w.condition} until {w.expires_at.isoformat()}" for w in release.waivers]
    return "\n".join([*lines, release.changelog]).rstrip()


def _print(args: argparse.Namespace, body: dict[str, Any], text: str) -> None:
    print(json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) if args.json else text)


def _fail(message: str, code: int) -> int:
    print(f"copydesk: {message}", file=sys.stderr)
    return code
