"""What the stories about depth, units, NaN and curvature in networks say is seen, and is so."""

import math

import numpy as np
import pytest
from network_story_reader import overflow, settled, told

from engine.networks.explanation.layers import layers_at
from engine.networks.explanation.objective import objective_of
from engine.networks.network import bind
from engine.numbers import short


def layers(story, history=None, **changes):
    """Return what stands in the layers at the start, or at the end of a run."""
    network = bind(story.changed(**changes))
    weights = story.weights(0, **changes) if history is None else history.weights[-1]
    return layers_at(objective_of(network), weights.astype(float))


def fading(found):
    """Return how many times the slope of the loss shrinks per layer on its way back."""
    return (found.errors[-1] / found.errors[0]) ** (1 / (len(found.errors) - 1))


def test_vanishing_signals():
    with told("vanishing_signals") as story:
        hidden = story.experiment.model.hidden
        assert hidden == (16,) * 6
        found = layers(story)
        story.says(f"{short(fading(found))}-fold a layer")
        first, last = short(found.errors[-1]), short(found.errors[0])
        story.says(f"from {first} in layer 7 to {last} in layer 1")
        sgd, adam = story.train(0), story.train(1)
        moved = np.abs(sgd.weights[-1] - sgd.weights[0])
        ends = np.cumsum([tensor.size for tensor in sgd.tensors])
        assert moved[: ends[1]].max() < 0.02 * moved[ends[-3] :].max()
        story.says(f"loss is {short(sgd.training_loss[-1])}, which is ln 2")
        assert short(sgd.training_loss[-1]) == short(math.log(2))
        assert adam.training_loss[-1] < 0.001

        tanh = {"model": {"activation": "tanh"}}
        story.says(f"only {short(fading(layers(story, **tanh)))}-fold a layer", "below 0.01")
        assert story.train(0, **tanh).training_loss[-1] < 0.01
        two = story.train(0, model={"hidden": hidden[:2]})
        story.about("0.28", two.training_loss[-1])
        past = story.train(0, model={"residual": True})
        story.about("0.24", past.training_loss[-1])


def test_exploding_signals():
    with told("exploding_signals") as story:
        assert len(story.experiment.model.hidden) == 6
        usual = {"initial": {"gain": 1.0}}
        factor = layers(story).outputs[-1] / layers(story, **usual).outputs[-1]
        assert factor == pytest.approx(3**7, rel=1e-4)
        story.says(f"3⁷ = {short(3**7, 4)} times", f"cost {short(math.log(2))}")
        sgd, adam = story.train(0), story.train(1)
        story.says(f"begins at {short(sgd.loss[0])}.", f"to {short(sgd.loss[1])}")
        story.says(f"ηλ₁ is {short(0.1 * story.sharpness())} where the limit is 2")
        story.says(f"at step {overflow(sgd)} it overflows")
        assert np.abs(story.weights(1, 1) - story.weights(0, 1)).max() < 0.01001
        assert adam.training_loss[-1] < 0.001

        story.says("Set the gain to 1", "below 0.001", "Clip the norm of SGD at 1")
        calm = story.train(0, **usual)
        story.says(f"begins at {short(calm.loss[0])}, and")
        assert calm.training_loss[-1] < 0.001
        normed = [story.train(index, model={"layer_norm": True}) for index in (0, 1)]
        story.says(f"begins at {short(normed[0].loss[0])}, and")
        assert max(history.training_loss[-1] for history in normed) < 0.001
        assert story.train(0, clip_norm=1.0).training_loss[-1] < 0.001


def test_dead_units():
    with told("dead_units") as story:
        data = bind(story.experiment).training
        story.says(f"All {data.count} cars", "units of layer 1", "by step 50")
        lives, dies = story.train(0), story.train(1)
        assert layers(story, lives).silent == 0
        found = layers(story, dies)
        assert found.silent == 1
        assert found.dead[0] == found.units[0] == 16
        after_50 = layers_at(
            objective_of(bind(story.experiment)), story.weights(50, 1).astype(float)
        )
        assert after_50.silent == 1
        sizes = np.cumsum([tensor.size for tensor in dies.tensors])[:-1]
        moved = np.split(np.abs(dies.weights[-1] - story.weights(50, 1)), sizes)
        assert [part.max() > 0 for part in moved[:3]] == [False] * 3
        variance = float(np.var(data.targets[..., : data.count]))
        story.says(f"distances, {short(variance)}")
        assert dies.training_loss[-1] == pytest.approx(variance, rel=1e-3)

        leaky = story.train(1, model={"activation": "leaky_relu"})
        story.about("200", settled(leaky))
        story.says("the second run at 100")
        story.about("235", settled(story.train(1, clip_norm=100.0)))
        story.about("190", settled(story.train(1, data={"scale_inputs": "standardise"})))


def test_log_of_zero():
    with told("log_of_zero") as story:
        assert story.experiment.model.loss == "cross_entropy_probabilities"
        story.says("−y log p − (1 − y) log(1 − p)", "comes to 0 and 1,")
        story.says("log 0 is −∞, and 0 · log 0 is NaN")
        first, second = story.train(0), story.train(1)
        assert first.fault.value == second.fault.value == "NaN"
        story.about("800", overflow(first), before="with 0.05 about step ")
        story.about("600", overflow(second), before="happens about step ")
        story.says("below 0.001")
        assert np.nanmin(second.training_loss) < 0.001
        assert np.isnan(second.weights[-1]).all()

        for changes in ({"model": {"loss": "cross_entropy"}}, {"of_experiment": DOUBLE}):
            for index in (0, 1):
                assert settled(story.train(index, **changes)) < 0.01
        quick = story.train(1, optimizer="sgd", learning_rate=10.0)
        assert quick.fault.value == "NaN"
        story.says("SGD and η = 10 for", f"NaN at step {overflow(quick)}")


DOUBLE = {"precision": "float64"}


def test_catapult():
    with told("catapult") as story:
        start = story.sharpness()
        story.says(f"λ₁ is {short(start)} at", f"2/λ₁ is {short(2 / start)}")
        calm, thrown = story.train(0), story.train(1)
        assert (np.diff(calm.loss) < 1e-12).all()
        story.says(f"ηλ₁ is {short(0.0155 * start)}, and")
        peak = int(thrown.loss.argmax())
        story.says(f"from {short(thrown.loss[0])} to {short(thrown.loss[peak])} at step {peak}")
        end = story.sharpness(story.experiment.steps, 1)
        story.says(f"falls to {short(end)}, ηλ₁ to {short(0.0155 * end)}")
        assert short(calm.loss[-1]) == short(thrown.loss[-1])
        story.says(f"settles at {short(thrown.loss[-1])}")
        assert np.linalg.norm(thrown.weights[-1]) < np.linalg.norm(thrown.weights[0])
        overflow(story.train(2))

        farthest = short(4 / start)
        story.says(f"to 0.0205, below 4/λ₁ = {farthest}", "to 0.021, above 4/λ₁")
        farther = story.train(1, learning_rate=0.0205)
        assert farther.loss.max() > thrown.loss.max()
        assert short(farther.loss[-1]) == short(thrown.loss[-1])
        assert 0.0205 < 4 / start < 0.021
        overflow(story.train(1, learning_rate=0.021))
        tanh = {"model": {"activation": "tanh"}}
        bent = story.sharpness(**tanh)
        story.says(f"is {short(bent)} at the start, the limit {short(2 / bent)}")
        for index in range(3):
            history = story.train(index, **tanh)
            assert settled(history) < 0.3 * history.training_loss[0]


def test_network_edge():
    with told("network_edge") as story:
        start = story.sharpness()
        story.says(f"ηλ₁ is {short(0.2 * start)} at", "the limit 2.")
        last = story.train(2)
        rises = int((np.diff(last.loss) > 0).sum())
        story.about("1000", rises)
        story.says(f"from {short(last.loss[0])} to")
        story.about("0.02", last.loss[-1])
        story.says("within 10 % of 2/η: 40, 20 and 10")
        for index, run in enumerate(story.experiment.runs):
            history = story.train(index)
            values = story.sharpness_along(history).values
            assert np.abs(values[-len(values) // 4 :] / 2 - 1).max() < 0.1
            assert short(2 / run.learning_rate) == ("40", "20", "10")[index]
        assert (story.sharpness_along(last).values[1:10] > 2).any()

        slow = story.train(0, learning_rate=0.02)
        story.says("the first η to 0.02", f"2/η = {short(2 / 0.02)}", "the last η to 0.5")
        assert story.sharpness_along(slow).values.max() < 2
        assert (np.diff(slow.loss) < 0).all()
        story.says(f"ηλ₁ is {short(0.5 * start)} at the start")
        overflow(story.train(2, learning_rate=0.5))


def test_adam_edge():
    with told("adam_edge") as story:
        limit = 2 * (1 + 0.9) / (1 - 0.9)
        story.says("not 2 but 2(1 + β₁)/(1 − β₁), with β₁ = 0.9", f"that is {short(limit)}")
        run = story.train(1)
        found = story.sharpness_along(run)
        assert found.preconditioned
        np.testing.assert_allclose(found.limits, limit, rtol=1e-9)
        assert found.values[:5].max() < limit
        story.says(f"comes to {short(limit)} ")
        since = int(np.argmax(found.values > limit))
        story.about("400", found.steps[since], before="about step ")
        story.says("from 33 to 39 most of the time")
        low, high = np.quantile(found.values[since:], [0.1, 0.9])
        assert low > 33
        assert high < 39
        story.about("0.019", run.loss[-1])
        assert run.loss[-1] < run.loss[found.steps[since]]
        slow = story.sharpness_along(story.train(0)).values
        story.says(f"comes to {short(limit)} only in the end")
        assert slow[: 3 * len(slow) // 4].max() < 0.9 * limit < 0.95 * limit < slow[-1]

        story.says("β₁ of the second to 0", "its limit is 2,")
        plain = story.sharpness_along(story.train(1, hyperparameters={"beta1": 0.0}))
        np.testing.assert_allclose(plain.limits, 2.0)
        assert abs(np.median(plain.values[len(plain.values) // 2 :]) / 2 - 1) < 0.15
        story.says("first η to 5e-4", f"below {short(limit)} to the end")
        slower = story.sharpness_along(story.train(0, learning_rate=0.0005))
        assert slower.values.max() < limit
