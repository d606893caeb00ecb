"""Writing files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_REASONS = {
    errno.ENOSPC: "There is no space left on the disk for {path}; free some or choose another "
    "folder.",
    errno.EDQUOT: "Your disk quota leaves no space for {path}; free some or choose another folder.",
    errno.EFBIG: "{path} would become larger than the system allows; write less or choose another "
    "disk.",
    errno.EACCES: "{path} may not be {done}; choose another folder or change its permissions.",
    errno.EPERM: "{path} may not be {done}; choose another folder or change its permissions.",
    errno.EROFS: "{path} lies on a read-only disk; choose another folder.",
    errno.ENOENT: "There is no file or folder {path}; check the name.",
    errno.ENOTDIR: "A part of {path} is a file, not a folder; check the name.",
    errno.EISDIR: "{path} is a folder; give the name of a file.",
    errno.ENAMETOOLONG: "The name {path} is too long; choose a shorter one.",
    errno.EIO: "The disk failed at {path}; try another one.",
}


def sentence(error: OSError, path: str | Path, done: str = "written") -> str:
    """Return in one plain sentence why a file could not be ``"written"`` or ``"read"``."""
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return f"{path} could not be {done}: {error.strerror or error}."
    return reason.format(path=path, done=done)


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file whose contents take the place of `path` when the block ends without an error.

    The text goes to a temporary file in the same folder, which reaches the disk before it is
    renamed. An error, an interrupt or a full disk leaves the old file as it was and removes the
    temporary one. Permissions of the old file are kept and links are followed; what is not a
    regular file (a pipe, a device) is written to directly.

    Raises OSError, whose text is one plain sentence, if the file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            with _drafting(target, mode) as file:
                yield file
        else:
            with open(target, "wb") as file:
                yield file
    except OSError as error:
        raise OSError(sentence(error, path)) from error


def check_writable(path: str | Path) -> None:
    """Raise OSError, whose text is one plain sentence, if `replacing` would fail by now."""
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            draft = _draft_of(target)
            open(draft, "xb").close()
            draft.unlink()
    except OSError as error:
        raise OSError(sentence(error, path)) from error


def _draft_of(target: Path) -> Path:
    return target.with_name(f".{os.urandom(8).hex()}.part")


@contextmanager
def _drafting(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    draft = _draft_of(target)
    try:
        with open(draft, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(draft, stat.S_IMODE(mode))
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    _sync_folder(target.parent)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 file that appears whole or not at all. Raises OSError if it cannot."""
    with replacing(path) as file:
        # A lone half of a surrogate pair is no character and must not cost the whole file.
        file.write(text.encode("utf-8", "replace"))


def _mode(target: Path) -> int | None:
    """Return the mode of an existing file, None for a new one; refuse what may not be written."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    # Renaming would get past the protection of a file in a folder that may be written to.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    return mode


def _sync_folder(folder: Path) -> None:
    # The new name outlives a power cut only when the folder is on the disk, too.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
