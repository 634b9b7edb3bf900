"""The content of a policy as checks are compiled from it, with the digest of each asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.canonical import canonical_bytes, digest, sha256_hex

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PolicyState:
    """One content of every asset of a policy.

    `contents` is `{kind: {name: content}}`; `digests` is `{kind: {name: sha256}}` of the canonical contents,
    which revisions have ready, so that keys cost nothing.
    """

    policy_id: int
    contents: Mapping[str, Mapping[str, Json]]
    digests: Mapping[str, Mapping[str, str]]

    @property
    def sha256(self) -> str:
        """Digest of the whole."""
        return digest({kind: dict(named) for kind, named in self.digests.items()})

    @property
    def asset_count(self) -> int:
        """How many assets there are."""
        return sum(len(named) for named in self.contents.values())

    def with_content(self, kind: str, name: str, content: Json, sha256: str | None = None) -> PolicyState:
        """Return the policy with other content for one asset.

        Args:
            sha256: digest of the content's canonical bytes; computed when None.

        Raises:
            ContentError: content that has no canonical form.
        """
        key = sha256 or sha256_hex(canonical_bytes(content))
        contents = {k: dict(named) for k, named in self.contents.items()}
        digests = {k: dict(named) for k, named in self.digests.items()}
        contents.setdefault(kind, {})[name] = content
        digests.setdefault(kind, {})[name] = key
        return PolicyState(self.policy_id, contents, digests)
