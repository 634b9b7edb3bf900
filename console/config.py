"""All settings, read once from the environment; documented in docs/settings.md."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
EMBEDDED_MODEL = "smollm2-135m-instruct"


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the console; `home` holds database, keys and published bundles of a small set-up."""

    home: Path
    database_url: str
    secret_key: str
    key_passphrase: str
    is_production: bool
    public_url: str
    host: str
    port: int
    openai_base_url: str | None
    openai_api_key: str | None
    model: str
    generation_concurrency: int
    generation_timeout_s: float
    allowed_private_hosts: frozenset[str]
    mail_url: str | None
    mail_from: str
    max_upload_bytes: int

    @property
    def is_loopback(self) -> bool:
        """Whether the server is only reachable from this machine."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environ: environment variables; None reads the process's own.

    Raises:
        ConfigError: in production without SECRET_KEY or KEY_PASSPHRASE, or a number that is none.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("COPYDESK_HOME") or ROOT / "var").resolve()
    is_production = env.get("COPYDESK_ENV", "development") == "production"
    host, port = env.get("HOST", "127.0.0.1"), _integer(env, "PORT", 8000)
    return Settings(
        home=home,
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{home / 'copydesk.db'}"),
        secret_key=_secret(env, "SECRET_KEY", home, is_production=is_production),
        key_passphrase=_secret(env, "KEY_PASSPHRASE", home, is_production=is_production),
        is_production=is_production,
        public_url=(env.get("PUBLIC_URL") or f"http://{host}:{port}").rstrip("/"),
        host=host,
        port=port,
        openai_base_url=env.get("OPENAI_BASE_URL") or None,
        openai_api_key=env.get("OPENAI_API_KEY") or None,
        model=env.get("COPYDESK_MODEL") or EMBEDDED_MODEL,
        generation_concurrency=_integer(env, "GENERATION_CONCURRENCY", 4),
        generation_timeout_s=float(_integer(env, "GENERATION_TIMEOUT_S", 120)),
        allowed_private_hosts=frozenset(env.get("ALLOWED_PRIVATE_HOSTS", "").split()),
        mail_url=env.get("MAIL_URL") or None,
        mail_from=env.get("MAIL_FROM", "copydesk@localhost"),
        max_upload_bytes=_integer(env, "MAX_UPLOAD_MB", 16) * 1024 * 1024,
    )


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError:
        raise ConfigError(f"{name} is {raw!r}; give a whole number") from None


def _database_url(url: str) -> str:
    # Hosting services hand out postgres://; SQLAlchemy wants the dialect and the driver named.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not urlsplit(url).scheme:
        raise ConfigError("DATABASE_URL is no address; give sqlite:///path or postgresql://user@host/name")
    return url


def _secret(env: Mapping[str, str], name: str, home: Path, *, is_production: bool) -> str:
    """Take a secret from the environment; in development keep a made-up one in a file of the owner alone."""
    if value := env.get(name):
        return value
    if is_production:
        raise ConfigError(f"{name} is not set; production does not start without it (see docs/settings.md)")
    path = home / "secrets" / name.lower()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make_secret(path)
    made = path.read_text(encoding="ascii")
    if not made:
        raise ConfigError(f"{path} is empty; restore it, or remove it to have a new {name} made")
    return made


def _make_secret(path: Path) -> None:
    """Write a new secret; it appears whole or not at all, for web and worker start at the same time."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # another process was first: its secret counts
        os.link(part, path)
    part.unlink()
