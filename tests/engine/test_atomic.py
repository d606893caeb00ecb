"""Files appear whole or not at all."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from engine.atomic import check_writable, replacing, sentence, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    write_text(path, "new é")
    assert path.read_text(encoding="utf-8") == "new é"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with replacing(path) as file:
            file.write(b"half")
            file.flush()
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="There is no space left on the disk"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_device_is_written_to_directly():
    write_text("/dev/null", "gone")
    with pytest.raises(OSError, match="no space left on the disk for /dev/full"):
        write_text("/dev/full", "x" * 100_000)


def test_a_file_too_large_for_the_system_leaves_the_old_one(tmp_path):
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from engine.atomic import write_text\n"
        "try:\n    write_text(sys.argv[1], 'x' * 5000)\n"
        "except OSError as error:\n    print(error)\n"
    )
    path = tmp_path / "a.txt"
    path.write_text("old")
    found = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "would become larger than the system allows" in found.stdout
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_kill_leaves_the_old_file(tmp_path):
    code = (
        "import sys, time\nfrom engine.atomic import replacing\n"
        "with replacing(sys.argv[1]) as file:\n"
        "    file.write(b'half')\n    file.flush()\n    print('now', flush=True)\n"
        "    time.sleep(60)\n"
    )
    path = tmp_path / "a.txt"
    path.write_text("old")
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"now\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_text() == "old"


def test_permissions_are_kept_and_links_followed(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path):
    write_text(tmp_path / "a.txt", "x")
    (tmp_path / "b.txt").write_text("x")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "b.txt").stat().st_mode


def test_a_protected_file_stays(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(OSError, match="may not be written"):
        write_text(path, "new")
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is a folder"),
        ("missing/a.txt", "There is no file or folder"),
        ("file/a.txt", "is a file, not a folder"),
        ("n" * 300, "is too long"),
    ],
)
def test_impossible_targets_are_explained(tmp_path, name, words):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=words):
        write_text(tmp_path / name, "x")
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EDQUOT, errno.EIO, errno.EBUSY, None])
def test_every_error_has_a_sentence(code):
    error = OSError(code, os.strerror(code)) if code else OSError("odd")
    text = sentence(error, "/a/b.csv", "read")
    assert "/a/b.csv" in text
    assert text.endswith(".")


@pytest.mark.parametrize("name", ["new.csv", "old.csv"])
def test_a_check_leaves_no_trace(tmp_path, name):
    (tmp_path / "old.csv").write_text("old")
    check_writable(tmp_path / name)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old.csv": "old"}


@pytest.mark.parametrize(
    ("name", "words"), [("missing/a.csv", "There is no file or folder"), ("", "is a folder")]
)
def test_a_check_says_what_writing_would_say(tmp_path, name, words):
    with pytest.raises(OSError, match=words):
        check_writable(tmp_path / name)
