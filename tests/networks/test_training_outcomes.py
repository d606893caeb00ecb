"""What is said of a training run at a glance."""

import numpy as np
import pytest

from engine.networks.history import Fault, History
from engine.networks.outcome import outcome
from engine.networks.settings import new_training_run
from engine.verdict import LONGEST_SHORT

NOTHING = np.full(2, np.nan)


def run_with(loss=(1.0, 0.5), held=NOTHING, right=NOTHING, held_right=NOTHING, **changes):
    loss = np.array(loss, float)
    steps = len(loss) - 1
    made = {
        "run": new_training_run("sgd"), "label": "", "loss": loss, "gradient_norm": loss,
        "step_norm": loss, "learning_rates": loss, "scored": np.array([0, steps]),
        "training_loss": loss[[0, -1]], "validation_loss": np.array(held),
        "training_accuracy": np.array(right), "validation_accuracy": np.array(held_right),
        "kept": np.zeros(0, np.int64), "weights": np.zeros((0, 1)), "last_step": steps,
    }  # fmt: skip
    return History(**{**made, **changes})


INF = (1.0, 30.0, 1e38, np.inf)


@pytest.mark.parametrize(
    ("history", "kind", "short"),
    [
        (run_with(), "moving", "loss 0.5"),
        (run_with(held=(1, 0.7)), "moving", "loss 0.5, validation 0.7"),
        (run_with(right=(0.1, 1.0)), "moving", "loss 0.5, 100 %"),
        (run_with(right=(0.1, 0.99999)), "moving", "loss 0.5, 99.9 %"),
        (
            run_with(held=(1, 0.7), right=(0.1, 1), held_right=(0, 0.5)),
            "moving", "loss 0.5, validation 0.7, 50 %",
        ),
        (
            run_with(INF, fault=Fault(2, "activation", 2, "inf")),
            "diverged", "diverged: inf in layer 2 at step 2",
        ),
        (run_with(INF, fault=Fault(3, "loss", 0, "inf")), "diverged", "diverged: inf at step 3"),
        (run_with(INF, fault=Fault(3, "step", 0, "inf")), "diverged",
         "diverged: step inf at step 3"),
        (
            run_with((1.0, 0.1, np.nan), fault=Fault(2, "loss", 0, "NaN")),
            "nan", "NaN at step 2",
        ),
        (
            run_with((1.0, 1e9, np.nan), fault=Fault(2, "loss", 0, "NaN")),
            "diverged", "diverged: NaN at step 2",
        ),
        (
            run_with((np.nan, np.nan), fault=Fault(0, "loss", 0, "NaN")),
            "nan", "NaN at the start",
        ),
        (run_with((1.0, 0.5, 3.0, 400.0)), "diverged", "diverged at step 2: loss 400"),
        (
            run_with((1.0, np.inf, 0.2), fault=Fault(1, "loss", 0, "inf")),
            "moving", "loss 0.2, inf at step 1",
        ),
        (
            run_with((1.0, 0.5, 400.0), run=new_training_run("sgd", maximize=True)),
            "moving", "loss 400",
        ),
    ],
)  # fmt: skip
def test_what_is_said_in_short(history, kind, short):
    found = outcome(history)
    assert (found.kind, found.short) == (kind, short)
    assert found.sentence[0].isupper()
    assert found.sentence.endswith(".")
    assert len(found.short) <= LONGEST_SHORT


def test_the_sentence_says_what_the_numbers_are_of():
    found = outcome(
        run_with(held=(1, 0.7), right=(0.1, 1), held_right=(0, 0.5), stopped="it was enough")
    )
    assert found.sentence == (
        "After 1 step the training loss is 0.5, the validation loss 0.7; 100 % of the training "
        "rows and 50 % of the validation rows are classed right. Stopped: it was enough."
    )


def test_the_sentence_names_the_first_fault_and_the_last_finite_loss():
    found = outcome(run_with(INF, fault=Fault(3, "gradient of the weight", 2, "inf")))
    assert found.sentence == (
        "Diverged: the gradient of the weight of layer 2 is inf at step 3 (last finite loss 1e38)."
    )
