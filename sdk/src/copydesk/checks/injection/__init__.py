"""Injected instructions: literal rules for what a prompt's variables say to the model instead of readers."""

from copydesk.checks.injection.engine import NAME, InjectionCheck, compile_check

__all__ = ["NAME", "InjectionCheck", "compile_check"]
