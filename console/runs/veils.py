"""What a workspace's switch hides of one sample: lifted for the checks, over what is stored of it."""

from __future__ import annotations

from dataclasses import dataclass

from console.generation.masking import Masker, personal_values, restored
from console.generation.requests import GenerationRequest
from console.golden.content import GoldenCase
from copydesk.assets.prompt import Prompt
from copydesk.checks.contract import CheckResult


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides personal values of one sample; without a masker it hides nothing."""

    masker: Masker | None
    request: GenerationRequest | None
    values: tuple[str, ...]
    locale: str | None

    @classmethod
    def over(
        cls, masker: Masker | None, prompt: Prompt | None, case: GoldenCase, request: GenerationRequest | None
    ) -> Veil:
        """Return the veil over the text of a case; `request` made it, None for a fixed text."""
        known = personal_values(prompt, case.variables) if masker is not None else ()
        values = (*known, *(request.masked.values() if request is not None else ()))
        return cls(masker, request, values, case.locale)

    def lifted(self, text: str | None) -> str | None:
        """Return a text as readers would read it: with the values that the model did not see."""
        if text is None or self.request is None:
            return text
        return restored(text, self.request.masked)

    def hidden(self, text: str | None) -> str | None:
        """Return a text as it is stored, of the same length."""
        if text is None or self.masker is None:
            return text
        return self.masker.hidden(text, self.values, self.locale)

    def over_result(self, result: CheckResult) -> CheckResult:
        """Return what a check said as it is stored."""
        return result if self.masker is None else self.masker.hidden_result(result, self.values, self.locale)
