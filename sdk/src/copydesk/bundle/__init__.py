"""The bundle: one signed file holding one approved version of a policy."""

from copydesk.bundle.archive import MAX_BUNDLE_BYTES
from copydesk.bundle.build import build, sign
from copydesk.bundle.inputs import BundleInputs, EngineEntry, RunRecord, Source
from copydesk.bundle.keys import LocalSigner, Signer, Trust
from copydesk.bundle.pointer import ChannelPointer, sign_pointer, verify_pointer
from copydesk.bundle.records import ReleaseRecord
from copydesk.bundle.verify import VerifiedBundle, verify

__all__ = [
    "MAX_BUNDLE_BYTES",
    "BundleInputs",
    "ChannelPointer",
    "EngineEntry",
    "LocalSigner",
    "ReleaseRecord",
    "RunRecord",
    "Signer",
    "Source",
    "Trust",
    "VerifiedBundle",
    "build",
    "sign",
    "sign_pointer",
    "verify",
    "verify_pointer",
]
