"""A script and its arrays as two files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.atomic import replacing, write_text
from engine.networks.export.arrays import arrays
from engine.networks.export.for_jax import jax_script
from engine.networks.export.for_keras import keras_script
from engine.networks.export.for_torch import torch_script

if TYPE_CHECKING:
    from engine.networks.frameworks import Framework
    from engine.networks.settings import NetworkExperiment

#: Framework -> (experiment, run index) -> text.
SCRIPTS = {"torch": torch_script, "keras": keras_script, "jax": jax_script}


def write_script(
    path: str | Path, experiment: NetworkExperiment, run_index: int, framework: Framework
) -> tuple[Path, Path]:
    """Write a script, and beside it the arrays that it reads; return where both are.

    Parameters
    ----------
    path : of the script; ``.py`` is appended if it does not end so. Existing files are replaced.
    run_index : which of the experiment's runs, from 0.

    Raises
    ------
    ValueError : with one sentence, if the framework cannot be made to take the run's steps.
    OSError : with one sentence, if a file cannot be written.
    """
    script = Path(path)
    if script.suffix != ".py":
        script = script.with_name(f"{script.name}.py")
    text, beside = SCRIPTS[framework](experiment, run_index), script.with_suffix(".npz")
    with replacing(beside) as file:
        np.savez_compressed(file, **arrays(experiment))  # type: ignore[arg-type]
    write_text(script, text)
    return script, beside
