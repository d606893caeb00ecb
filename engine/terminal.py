"""What a command says and hears: results to standard output, the rest to standard error."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from engine.atomic import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def say(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Write lines to standard output, or to another stream."""
    with readers_may_leave():
        write_line(stream or sys.stdout, "\n".join(lines))


def complain(text: str) -> None:
    """Write a sentence to standard error."""
    write_line(sys.stderr, f"overshoot: {text}")


def write_line(stream: TextIO, text: str) -> None:
    """Write a line at once; a terminal without Greek letters shows question marks."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Stop writing without a word where the reader, such as head, has seen enough.

    Raises OSError, whose text is one plain sentence, if standard output takes no more.
    """
    try:
        yield
    except BrokenPipeError:
        _close_output()
    except OSError as error:
        if error.errno is None:
            # A file's error, which is a sentence already.
            raise
        _close_output()
        raise OSError(sentence(error, "standard output")) from error


def _close_output() -> None:
    # Python must not flush into it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def interruptible(ask: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl+C or polite kill only `ask` for an end; the next one ends the work."""

    def on_signal(*_: object) -> None:
        restore()
        ask()

    def restore() -> None:
        for number, handler in earlier.items():
            signal.signal(number, handler)

    numbers = (signal.SIGINT, signal.SIGTERM)
    earlier = {number: signal.getsignal(number) for number in numbers}
    try:
        for number in numbers:
            signal.signal(number, on_signal)
    except ValueError:
        # Only the main thread hears signals.
        yield
        return
    try:
        yield
    finally:
        restore()


@contextmanager
def terminable() -> Iterator[None]:
    """Let a polite kill end the work as Ctrl+C does, so that no half-written file is left."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        earlier = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        # Only the main thread hears signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)
