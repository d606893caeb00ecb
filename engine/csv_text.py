"""From a file's bytes to text, and which sign separates its values."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 400_000_000
SAMPLE_LINES = 20
SAMPLE_CHARACTERS = 1_000_000
#: Comma last: in a file that another sign separates, commas are decimal points.
DELIMITERS = "\t;|,"
SIGNATURES = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x1f\x8b": "a compressed file",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}


def read_bytes(path: Path) -> bytes:
    """Return a file's content, or raise ValueError with a plain sentence why not."""
    check_file(path)
    with refusals_in_words(path):
        return path.read_bytes()


def check_file(path: Path) -> None:
    """Raise ValueError with a plain sentence for what is no file, or too large a one."""
    with refusals_in_words(path):
        if path.is_dir():
            raise ValueError(f"{path.name or path} is a folder; choose a CSV file in it.")
        if not path.is_file():
            raise ValueError(f"There is no file {path}; choose another table or CSV file.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ValueError(
                f"{path.name} has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are "
                "read: take fewer rows or columns."
            )


@contextmanager
def refusals_in_words(path: Path) -> Iterator[None]:
    """Turn what the system says of a file into ValueError with a plain sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the system refuses it"
        raise ValueError(f"{path} cannot be read: {reason[0].lower()}{reason[1:]}.") from None


def decode(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text and notes about its encoding; ValueError for what is not text."""
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise ValueError(f"{name} is {kind}, not text; save the table as CSV first.")
    notes: tuple[str, ...] = ()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
            notes = ("The text is not UTF-8; it was read as Windows-1252.",)
    if "\0" in text:
        raise ValueError(f"{name} is not a text file; save the table as CSV first.")
    if not text.strip():
        raise ValueError(f"{name} is empty; a table needs two columns of numbers.")
    return text, notes


def sniff_delimiter(text: str, name: str) -> str:
    """Return the sign between values; ``" "`` means any blanks.

    It is the first of tab, semicolon, bar and comma that stands in every line of a sample,
    outside quotes; else the one in most lines. Raises ValueError if no line has two values.
    """
    lines = text[:SAMPLE_CHARACTERS].splitlines()
    sample = list(itertools.islice((line for line in lines if line.strip()), SAMPLE_LINES))
    outside = ["".join(line.split('"')[::2]) for line in sample]
    having = {sign: sum(sign in line for line in outside) for sign in DELIMITERS}
    for sign in DELIMITERS:
        if having[sign] == len(sample):
            return sign
    if all(len(line.split()) > 1 for line in outside) and not having[","]:
        return " "
    sign = max(DELIMITERS, key=lambda s: having[s])
    if having[sign]:
        return sign
    raise ValueError(
        f"{name} has one column; a table needs two columns of numbers, separated by commas."
    )
