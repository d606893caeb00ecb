"""The command line: what is ours, what is Qt's, and what never touches Qt."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "for_qt", "own"),
    [
        ([], [], []),
        (["a.toml", "b.csv"], [], ["a.toml", "b.csv"]),
        (["-platform", "vnc", "a.toml"], ["-platform", "vnc"], ["a.toml"]),
        (["--platform", "vnc:size=800x600"], ["--platform", "vnc:size=800x600"], []),
        (["a.toml", "-platform"], ["-platform"], ["a.toml"]),
        (["-reverse", "a.toml"], ["-reverse"], ["a.toml"]),
        (["--theme", "dark", "-style", "Fusion"], ["-style", "Fusion"], ["--theme", "dark"]),
        (["-platform=offscreen", "a.toml"], ["-platform=offscreen"], ["a.toml"]),
    ],
)
def test_qt_options_are_passed_on(arguments, for_qt, own):
    assert app.split_qt_options(arguments) == (for_qt, own)


def test_version_is_the_projects(capsys):
    with pytest.raises(SystemExit) as stop:
        app.main(["--version"])
    assert stop.value.code == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"overshoot {project['version']}\n"


def test_unknown_option_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        app.main(["--no-such-option"])
    assert stop.value.code == 2
    assert "--no-such-option" in capsys.readouterr().err


def test_headless_command_runs_without_qt(tmp_path):
    experiment = tmp_path / "x.toml"
    experiment.write_text('[[runs]]\noptimizer = "sgd"\n', encoding="utf-8")
    script = (
        "import sys, app\n"
        f"code = app.main(['run', {str(experiment)!r}, '--csv', {str(tmp_path / 'out.csv')!r}])\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").stat().st_size > 0
