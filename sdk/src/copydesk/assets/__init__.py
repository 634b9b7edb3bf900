"""The seven kinds of governed content: their schemas and how to read them."""

from copydesk.assets.registry import KINDS, Kind, PolicyAssets, parse, parse_assets

__all__ = ["KINDS", "Kind", "PolicyAssets", "parse", "parse_assets"]
