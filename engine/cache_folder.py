"""Where compiled code is kept, known without importing Numba: that takes half a second."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

#: Whatever changes one of these may change what is compiled.
COMPILERS = ("numba", "llvmlite", "numpy")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    digest.update(repr((sys.version, *(version(name) for name in COMPILERS))).encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _choose_folder() -> Path:
    root = Path(os.environ.get("OVERSHOOT_CACHE") or user_cache_path("overshoot"))
    folder = root / _fingerprint()
    if _usable(folder):
        return folder
    return Path(tempfile.mkdtemp(prefix="overshoot-"))


#: Compiled code of another source version inlines stale code, so each version has its own folder.
CACHE_FOLDER = _choose_folder()


def forget_old_versions(keep: int = 3) -> None:
    """Delete all but the `keep` most recently used sibling cache folders."""
    folders = [p for p in CACHE_FOLDER.parent.iterdir() if p.is_dir() and len(p.name) == 16]
    folders.sort(key=lambda p: p.stat().st_mtime, reverse=True)
    for folder in folders[keep:]:
        if folder != CACHE_FOLDER:
            shutil.rmtree(folder, ignore_errors=True)
