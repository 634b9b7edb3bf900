"""The embedded toxicity engine: `load()` gives an engine that scores texts, no torch, no network."""

from copydesk_toxicity.card import Card, WeightsError, read_card
from copydesk_toxicity.engine import EmbeddedEngine, load

__all__ = ["Card", "EmbeddedEngine", "WeightsError", "load", "read_card"]
