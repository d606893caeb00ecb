"""No wrong label: a table of runs whose truth is decided by runs a hundred times as long."""

from collections import Counter
from typing import get_args

import pytest
from diagnosis_labels import LABELS as PLAIN
from diagnosis_labels import experiment_of
from diagnosis_labels_hard import HARD
from long_runs import CONFIRMS, LongRun

from engine.answer import answer
from engine.explanation.diagnose import diagnose
from engine.explanation.diagnosis import Kind
from engine.explanation.explain import explain

LABELS = [*PLAIN, *HARD]
NAMES = [f"{where['surface']} {how} is {kind}" for where, how, kind, _ in LABELS]


def test_the_table_is_large_and_holds_every_kind():
    kinds = Counter(kind for _, _, kind, _ in LABELS)
    assert set(kinds) == set(get_args(Kind)) == set(CONFIRMS)
    assert len(LABELS) >= 60
    assert all(reason for *_, reason in LABELS)


@pytest.mark.parametrize(("where", "how", "kind", "reason"), LABELS, ids=NAMES)
def test_the_label_is_the_truth(where, how, kind, reason):
    assert CONFIRMS[kind](LongRun(where, how)), reason


@pytest.mark.parametrize(("where", "how", "kind", "reason"), LABELS, ids=NAMES)
def test_the_verdict_is_the_label(where, how, kind, reason):
    experiment = experiment_of(**where, **how)
    run = answer(experiment).trajectories[0]
    found = diagnose(explain(run, experiment), experiment, checked=True)
    assert found.kind == kind, (reason, found.paragraph)
