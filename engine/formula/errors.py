"""The one error that a formula can raise."""

from __future__ import annotations


class FormulaError(ValueError):
    """A formula that cannot be read.

    Parameters
    ----------
    message : a plain sentence: what is wrong and how to mend it.
    start, end : span of the characters to underline, as in ``text[start:end]``.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
