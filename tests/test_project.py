"""The repository itself: lint, types, walls between rooms, words that must not be there."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from engine.experiment_file import parse
from engine.maps.map_experiment import is_map
from engine.maps.map_experiment import parse as parse_map
from engine.networks.experiment_file import parse as parse_network

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 350
#: Folders of build machines, and marks of unfinished work; in pieces, or this file finds itself.
FORBIDDEN = re.compile("|".join(["/" + "work/", "/" + "farm/", r"\bTO" + "DO", r"\bFIX" + "ME"]))


def tracked_files():
    if not shutil.which("git"):
        found = (p for p in ROOT.rglob("*") if p.is_file())
        return [p for p in found if not p.relative_to(ROOT).parts[0].startswith(".")]
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]


def run(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ruff", "check", "--no-cache", "."], id="ruff-check"),
        pytest.param(["ruff", "format", "--check", "."], id="ruff-format"),
        pytest.param(["mypy"], id="mypy"),
    ],
)
def test_tools_are_content(arguments):
    run(sys.executable, "-m", *arguments)


def test_imports_go_one_way():
    run(str(Path(sys.executable).with_name("lint-imports")))


def test_nobody_imports_the_entry_point():
    importing = re.compile(r"^\s*(import app\b|from app import)", re.MULTILINE)
    sources = [p for p in tracked_files() if p.suffix == ".py" and "tests" not in p.parts]
    assert [p.name for p in sources if importing.search(p.read_text(encoding="utf-8"))] == []


def test_no_file_is_a_house_of_its_own():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked_files()
        if path.suffix == ".py"
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_machine_paths_and_no_unfinished_marks():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_files()
        if path.suffix in {".py", ".md", ".toml", ".csv", ""}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


def test_qt_stays_below_the_version_that_kills_old_pythons():
    with open(ROOT / "pyproject.toml", "rb") as file:
        dependencies = tomllib.load(file)["project"]["dependencies"]
    bounds = [d for d in dependencies if d.startswith("PySide6-Essentials") and "< '3.12'" in d]
    assert len(bounds) == 1
    assert "<6.12" in bounds[0].partition(";")[0]


def test_make_targets_are_documented_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def readme_blocks(language):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL)


def test_readme_shows_an_optimizer_as_it_stands():
    source = (ROOT / "engine" / "optimizers" / "signsgd.py").read_text(encoding="utf-8")
    assert source in readme_blocks("python")


def test_readme_notebook_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (notebook,) = (block for block in readme_blocks("python") if "engine.descend" in block)
    exec(compile(notebook, "README.md", "exec"), {})
    assert (tmp_path / "steps.csv").stat().st_size > 0


def test_readme_networks_train(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (notebook,) = (block for block in readme_blocks("python") if "engine.train" in block)
    found = {}
    exec(compile(notebook, "README.md", "exec"), found)
    assert found["blown"].fault.value == "inf"
    assert found["read"].run.optimizer == "adam"


def test_readme_experiments_can_be_read():
    runs = [text for text in readme_blocks("toml") if not is_map(text)]
    surface, network = sorted(runs, key=lambda text: "[model]" in text)
    for runs in (parse(surface).runs, parse_network(network).runs):
        assert [run.optimizer for run in runs] == ["sgd", "adam"]


def test_readme_maps_can_be_read():
    (text,) = (text for text in readme_blocks("toml") if is_map(text))
    assert parse_map(text).kind == "trainability"


def test_readme_pictures_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((resources/[^)]+)\)", readme)
    assert pictures
    assert all((ROOT / name).is_file() for name in pictures)
