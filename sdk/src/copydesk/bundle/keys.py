"""Keys and compact signatures: ES256 over P-256, key ids by thumbprint."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from copydesk.canonical import canonical_bytes
from copydesk.errors import VerificationError

SIGNATURE_BYTES = 64
MAX_JWS_CHARS = 4_000_000


class Signer(Protocol):
    """Whoever signs for the console: a local key, or a module that never shows its key."""

    @property
    def key_id(self) -> str:
        """The RFC 7638 thumbprint of the public key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the ES256 signature of the data: r and s, 32 bytes each (RFC 7518, section 3.4)."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """Signs with a private key in memory; nonces are deterministic (RFC 6979): same data, same signature."""

    private_key: ec.EllipticCurvePrivateKey
    key_id: str

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes | None) -> LocalSigner:
        """Read a PKCS#8 PEM, encrypted when a passphrase is given.

        Raises:
            ValueError: not such a key, another curve, or the wrong passphrase.
        """
        key = serialization.load_pem_private_key(pem, passphrase)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            # A wrong file, not a wrong type in the call.
            raise ValueError("a signing key must be an EC key on the curve P-256")  # noqa: TRY004
        return cls(key, key_id_of(key.public_key()))

    @property
    def public_pem(self) -> str:
        """The public key as PEM (SubjectPublicKeyInfo)."""
        return public_pem(self.private_key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return r and s of the deterministic ECDSA signature, 32 bytes each."""
        der = self.private_key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def generate_key_pem(passphrase: bytes | None) -> bytes:
    """Make a new P-256 key as PKCS#8 PEM, encrypted when a passphrase is given."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


def public_pem(key: ec.EllipticCurvePublicKey) -> str:
    """Return a public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return a public key as JSON Web Key (RFC 7517) with its id, algorithm and use."""
    return {**_thumbprint_members(key), "kid": key_id_of(key), "alg": "ES256", "use": "sig"}


def key_id_of(key: ec.EllipticCurvePublicKey) -> str:
    """Return the base64url SHA-256 thumbprint of a key (RFC 7638)."""
    hasher = hashes.Hash(hashes.SHA256())
    hasher.update(canonical_bytes(_thumbprint_members(key)))
    return encode_base64url(hasher.finalize())


@dataclass(frozen=True, slots=True)
class Trust:
    """The public keys a client believes, by key id."""

    keys: Mapping[str, ec.EllipticCurvePublicKey]

    @classmethod
    def from_pem(cls, pems: str | bytes | Iterable[str | bytes] | Mapping[str, str | bytes]) -> Trust:
        """Trust one PEM, several, or a map from key id to PEM; a PEM text may hold several keys.

        Raises:
            ValueError: no key at all, not a P-256 public key, or an id that is not the key's thumbprint.
        """
        if isinstance(pems, str | bytes):
            pems = [pems]
        named = pems if isinstance(pems, Mapping) else None
        keys = {}
        for text in pems.values() if isinstance(pems, Mapping) else pems:
            for pem in _split_pems(text):
                key = _load_public(pem)
                keys[key_id_of(key)] = key
        if not keys:
            raise ValueError("no public key to trust; give the console's public key as PEM")
        if named is not None and set(named) != set(keys):
            raise ValueError(f"the key ids {sorted(named)} are not those of the keys: {sorted(keys)}")
        return cls(keys)

    @classmethod
    def from_jwks(cls, document: Mapping[str, Any]) -> Trust:
        """Trust every ES256 key of a JWK set (RFC 7517).

        Raises:
            ValueError: no usable key.
        """
        keys = {}
        for jwk in document.get("keys", ()):
            if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
                continue
            numbers = ec.EllipticCurvePublicNumbers(
                int.from_bytes(decode_base64url(str(jwk.get("x", "")))),
                int.from_bytes(decode_base64url(str(jwk.get("y", "")))),
                ec.SECP256R1(),
            )
            key = numbers.public_key()
            keys[key_id_of(key)] = key
        if not keys:
            raise ValueError("the key set holds no P-256 key")
        return cls(keys)


def sign_jws(payload: bytes, signer: Signer, *, type_name: str | None = None) -> str:
    """Return a compact JWS (RFC 7515) with algorithm ES256.

    Args:
        payload: the bytes to sign.
        signer: holds the key.
        type_name: the header's `typ`, which keeps one kind of document from passing for another.
    """
    header = {"alg": "ES256", "kid": signer.key_id} | ({"typ": type_name} if type_name else {})
    signed = f"{encode_base64url(canonical_bytes(header))}.{encode_base64url(payload)}"
    return f"{signed}.{encode_base64url(signer.sign(signed.encode('ascii')))}"


def verify_jws(token: str, trust: Trust, *, type_name: str | None = None) -> tuple[bytes, str]:
    """Check a compact JWS and only then hand out what it says.

    Returns:
        The payload and the id of the key that signed it.

    Raises:
        VerificationError: not a JWS, another algorithm or type, an untrusted key, or a signature that fails.
    """
    if len(token) > MAX_JWS_CHARS:
        raise VerificationError("the signature document is too large")
    parts = token.split(".")
    if len(parts) != 3:
        raise VerificationError("not a signature: three parts are expected")
    try:
        header = json.loads(decode_base64url(parts[0]))
        payload = decode_base64url(parts[1])
        signature = decode_base64url(parts[2])
    except (ValueError, RecursionError) as error:
        raise VerificationError(f"not a signature: {error}") from error
    if not isinstance(header, dict) or header.get("alg") != "ES256" or "crit" in header:
        raise VerificationError("the signature is not ES256")
    if header.get("typ") != type_name:
        raise VerificationError(f"the signature is of type {header.get('typ')!r}, not {type_name!r}")
    key_id = header.get("kid")
    key = trust.keys.get(key_id) if isinstance(key_id, str) else None
    if key is None or not isinstance(key_id, str):
        raise VerificationError(f"signed by the key {key_id!r}, which is not trusted")
    _verify_signature(key, signature, f"{parts[0]}.{parts[1]}".encode("ascii"))
    return payload, key_id


def _verify_signature(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    if len(signature) != SIGNATURE_BYTES:
        raise VerificationError("the signature has the wrong length")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise VerificationError("the signature does not match: the document was changed") from None


def encode_base64url(data: bytes) -> str:
    """Encode without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Decode strictly: no padding, no other alphabet, one form only.

    Raises:
        ValueError: not base64url.
    """
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(f"not base64url: {error}") from error
    if encode_base64url(data) != text:
        raise ValueError("not base64url in its one form")
    return data


def _thumbprint_members(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": encode_base64url(numbers.x.to_bytes(32, "big")),
        "y": encode_base64url(numbers.y.to_bytes(32, "big")),
    }


def _split_pems(text: str | bytes) -> list[bytes]:
    data = text.encode() if isinstance(text, str) else text
    end = b"-----END PUBLIC KEY-----"
    return [part + end for part in data.split(end)[:-1]]


def _load_public(pem: bytes) -> ec.EllipticCurvePublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("a trusted key must be an EC key on the curve P-256")  # noqa: TRY004
    return key
