"""What the stories about a network that blows up, and about its cures, say is seen, and is so."""

import numpy as np
import pytest
from network_story_reader import overflow, settled, told

from engine.experiment import ScheduleSettings
from engine.networks.network import bind
from engine.numbers import short


def warm_up(steps):
    return ScheduleSettings(warm_up_steps=steps)


def test_blow_up():
    with told("blow_up") as story:
        assert story.experiment.precision == "float32"
        story.says(f"of {bind(story.experiment).training.count} cars")
        blown, trained = story.train(0), story.train(1)
        story.says(", ".join(short(loss) for loss in blown.loss[:4]))
        longer = np.diff(np.log(blown.step_norm[:3]))
        assert (longer > 1).all()
        curvature = [story.sharpness(steps) for steps in (1, 2, 3)]
        assert (np.diff(np.log(curvature)) > np.log(200)).all()
        assert overflow(blown) == int(np.flatnonzero(np.isinf(blown.loss))[0])
        assert np.isnan(blown.loss[overflow(blown) + 1])
        story.says(f"At step {overflow(blown)} the loss is infinite")
        story.says(f"λ₁ is {short(story.sharpness())} on", f"η = {short(2 / story.sharpness())}")
        story.says(f"falls from {short(trained.training_loss[0])}")
        story.about("300", settled(trained))

        story.says("Set the first η to 5e-4", "the steps to 2000", "the first η to 0.01", "float64")
        half = story.train(0, learning_rate=5e-4, of_experiment={"steps": 2000})
        story.about("200", settled(half))
        exact = story.train(0, of_experiment={"precision": "float64"})
        story.says(f"{short(exact.loss[4])} at step 4 and infinite at step {overflow(exact)}")
        quicker = story.train(0, learning_rate=0.01)
        story.says(f"the loss is {short(quicker.loss[1])} after one step")
        story.says(f"infinite at step {overflow(quicker)}")


def test_standardised_inputs():
    with told("standardised_inputs") as story:
        trained, blown = story.train(0), story.train(1)
        raw = {"data": {"scale_inputs": "none"}}
        before, after = story.sharpness(**raw), story.sharpness()
        story.says(f"from {short(before)} to {short(after)}")
        story.says(f"2/λ₁ = {short(2 / before)}", f"the new one, {short(2 / after)}")
        assert 2 / before < 0.001
        assert 2 / after < 0.01
        inputs = bind(story.experiment).training.inputs
        inputs = inputs[..., : bind(story.experiment).training.count]
        np.testing.assert_allclose([inputs.mean(), inputs.std()], [0, 1], atol=1e-5)
        story.says("mean 0 and standard deviation 1")
        story.says(f"comes down from {short(trained.training_loss[0])}")
        story.about("300", settled(trained))
        story.says(f"at step {overflow(blown)} the loss is infinite")

        story.says(f"the first run is infinite at step {overflow(story.train(0, **raw))}")
        both = {"data": {"scale_target": "standardise"}}
        story.says(f"λ₁ is {short(story.sharpness(**both))}", "Then set the second η to 0.1")
        assert settled(story.train(1, **both)) < 0.5
        assert settled(story.train(1, **both, learning_rate=0.1)) < 0.5


def test_target_scale():
    with told("target_scale") as story:
        small, large = story.train(0), story.train(1)
        raw = {"data": {"scale_target": "none"}}
        whole = story.train(0, **raw)
        now, then = small.gradient_norm[0], whole.gradient_norm[0]
        story.says(f"gradient is {short(now)} long instead of {short(then)}")
        now, then = story.sharpness(), story.sharpness(**raw)
        story.says(f"at the start is {short(now)} instead of {short(then)}")
        assert settled(small) < small.training_loss[0]
        story.says(f"from {short(large.training_loss[0])}")
        story.about("2.1", settled(large))
        story.about("210", 100 * settled(large))

        story.says("divisor to 1", "Set it to 2", "second η to 0.1")
        story.says(f"at η = 0.001 the loss is infinite at step {overflow(whole)}")
        half = {"data": {"target_divisor": 2.0}}
        assert settled(story.train(0, **half)) < 100
        story.says(f"0.01 is infinite at step {overflow(story.train(1, **half))}")
        story.says(f"it overflows at step {overflow(story.train(1, learning_rate=0.1))}")


def test_first_weights():
    with told("first_weights") as story:
        usual = {"initial": {"scheme": "pytorch"}}
        mine, theirs = story.sharpness(), story.sharpness(**usual)
        story.says(f"is {short(mine)} instead of {short(theirs)}")
        story.says(f"is {short(2 / mine)} instead of {short(2 / theirs)}")
        story.says(f"infinite at step {overflow(story.train(1))}")
        story.about("200", settled(story.train(1, **usual)))
        story.says(f"overflows at step {overflow(story.train(0))}")
        story.says(f"at step {overflow(story.train(0, **usual))} with")

        story.says("η = 5e-4 trains", "set the gain to 3", "Set the gain to 0.1", "by step 5")
        large = {"initial": {"scheme": "pytorch", "gain": 3.0}}
        story.says(f"λ₁ is {short(story.sharpness(**large))} at")
        assert max(overflow(story.train(index, **large)) for index in (0, 1)) <= 5
        tiny = {"initial": {"scheme": "pytorch", "gain": 0.1}}
        story.says(f"λ₁ is {short(story.sharpness(**tiny))}", "before step 30")
        assert overflow(story.train(0, **tiny)) < 30


def test_clipping():
    with told("clipping") as story:
        free, loose, tight = (story.train(index) for index in range(3))
        first, second, third = (short(norm) for norm in free.gradient_norm[:3])
        story.says(f"{first}, {second} and {third} long")
        story.says(f"infinite at step {overflow(free)}")
        story.says("longer than 0.1")
        assert np.nanmax(loose.step_norm) < 0.1001
        assert np.nanmax(tight.step_norm) < 0.001001
        story.about("260", settled(loose))
        assert settled(tight) > settled(loose)
        story.says("never gets below 270")
        assert tight.training_loss.min() > 270

        high = story.train(1, clip_norm=1e4)
        story.says("norm to 10000", f"a loss of {short(high.loss.max())}", "last η to 0.1")
        story.about("220", settled(high))
        long = story.train(2, learning_rate=0.1)
        assert 0.09 < np.nanmax(long.step_norm) < 0.1001
        story.says("may be 0.1 long")
        story.about("260", settled(long))


def test_adam_instead():
    with told("adam_instead") as story:
        sgd, adam, quick = (story.train(index) for index in range(3))
        story.says(f"which is {short(sgd.gradient_norm[0])} long")
        story.says(f"infinite at step {overflow(sgd)}")
        moved = np.abs(story.weights(1, 1) - story.weights(0, 1))
        assert moved.max() == pytest.approx(0.001, rel=1e-3)
        story.says(f"from {short(adam.training_loss[0])}")
        story.about("230", settled(adam))
        story.about("210", settled(quick))
        half = len(adam.training_loss) // 2
        assert np.ptp(quick.training_loss[half:]) > 3 * np.ptp(adam.training_loss[half:])

        story.says("Set the last η to 0.1")
        assert settled(story.train(2, learning_rate=0.1)) < 300
        story.about("230", settled(story.train(1, optimizer="rmsprop")))
        heavy = story.train(1, optimizer="heavy_ball")
        story.says(f"infinite at step {overflow(heavy)}")


def test_warm_up():
    with told("warm_up") as story:
        story.says(f"the loss is infinite at step {overflow(story.train(0))}", "before step 200")
        assert 20 < overflow(story.train(1)) < 200
        long = story.train(2)
        assert long.learning_rates[-1] == 0.001
        story.about("220", settled(long))

        story.says("second warm-up to 20", "before step 50", "η to 0.002", "warm-up to 1000")
        assert overflow(story.train(1, schedule=warm_up(20))) < 50
        twice = story.train(2, learning_rate=0.002, schedule=warm_up(1000))
        assert settled(twice) < 350
        story.says("batch size to 0")
        for index in range(3):
            assert settled(story.train(index, batches={"size": 0})) < 200


def test_larger_batches():
    with told("larger_batches") as story:
        story.says(f"all {bind(story.experiment).training.count} cars")
        run, start = story.train(), story.sharpness()
        story.says(f"λ₁ is {short(start)}", f"ηλ₁ = {short(0.001 * start)}", "the limit 2 ")
        story.says(f"first step the loss is {short(run.loss[1])}", f"fifth {short(run.loss[5])}")
        end = story.sharpness_along(run).eigenvalues[-1, 0]
        assert end < 2000
        story.says(f"2/η = {short(2 / 0.001)} in the end")
        story.about("195", settled(run))

        story.says("batch size to 10", "Set it to 4", "before step 60", "Set it to 1")
        story.about("220", settled(story.train(batches={"size": 10})))
        assert overflow(story.train(batches={"size": 4})) < 60
        one = overflow(story.train(batches={"size": 1}))
        story.says(f"blows up at step {one}", f"infinite at step {one}")


def test_mean_not_sum():
    with told("mean_not_sum") as story:
        count = bind(story.experiment).training.count
        story.says(f"All {count} cars", f"{count} times the gradient", f"{count} times the curv")
        mean = {"model": {"loss": "mean_squares"}}
        sums, means = story.sharpness(), story.sharpness(**mean)
        assert sums == pytest.approx(count * means, rel=1e-4)
        story.says(f"λ₁ is {short(sums)} instead of {short(means)}")
        blown, trained = story.train(0), story.train(1)
        assert overflow(blown) == 2
        story.says(f"from {short(blown.loss[0])} to {short(blown.loss[1])}")
        usual = story.train(0, **mean)
        np.testing.assert_allclose(trained.loss[:8], count * usual.loss[:8], rtol=1e-3)
        assert 0.001 / count == story.experiment.runs[1].learning_rate
        story.says("a 40th of that rate")
        story.about("7800", settled(trained))
        story.says("40 times 195")
        assert short(7800 / 40) == "195"

        story.about("195", settled(usual))
        story.about("230", settled(story.train(1, **mean)))
        story.says("batch size to 10", "a sum of 10")
        few = story.train(0, batches={"size": 10})
        story.says(f"overflows at step {overflow(few)}")
