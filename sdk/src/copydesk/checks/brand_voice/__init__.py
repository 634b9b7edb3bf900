"""Brand voice: bands per audience for every text, and a trained voice match for long ones."""

from copydesk.checks.brand_voice.engine import BrandVoiceCheck, compile_check
from copydesk.checks.brand_voice.training import train_heads

__all__ = ["BrandVoiceCheck", "compile_check", "train_heads"]
