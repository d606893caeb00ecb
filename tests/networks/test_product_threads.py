"""NumPy's products take one thread in the program, unless its user says otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import os, sys, app
assert "numpy" not in sys.modules
try:
    app.main(["--version"])
except SystemExit:
    assert "numpy" not in sys.modules
    sys.stderr.write(os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.parametrize(("given", "found"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_one_thread_is_asked_for_before_numpy_loads(given, found):
    inherited = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=inherited | given, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stderr == found
