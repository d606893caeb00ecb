"""What the stories about batches, weights, Adam and curved valleys say is seen, and is so."""

import math

import numpy as np
from msgspec.structs import replace
from story_reader import curvatures, first_above, overflow, ratios, told

from engine.experiment import ScheduleSettings
from engine.numbers import short
from engine.surfaces import surface_named
from engine.surfaces.data_blocks import problem_of


def test_another_batch():
    with told("another_batch") as story:
        surface = story.experiment.surface
        x = problem_of(surface_named(surface.name), surface.data).pair.x
        landscape = story.landscape()
        own = [curvatures_of_batch(landscape, step) for step in range(len(x))]
        np.testing.assert_allclose(np.sort(own), np.sort(2 * (1 + x**2)), rtol=1e-9)
        story.says(f"one of {len(x)} cars", "2(1 + x²)")
        story.says(f"from {short(min(own))} to {short(max(own))}")
        high, low = curvatures(landscape)
        assert high - low < 1e-9
        story.says(f"all cars has {short(high)}", f"allow η = {short(2 / high)}")
        walk = story.walk(0)
        after = [landscape.value(walk.points[t + 1], step=t) for t in range(walk.steps)]
        before = [landscape.value(walk.points[t], step=t) for t in range(walk.steps)]
        np.testing.assert_array_equal(before, walk.seen_loss[:-1])
        falls, rises = np.less(after, before), np.diff(walk.loss) > 0
        story.says(f"each of the {falls.sum()} steps lowers the loss of its own batch")
        story.says(f"{(falls & rises).sum()} of them raise the loss on all cars")
        assert "Hovers" in story.status(0).sentence
        assert story.status(1).kind == "diverged"
        assert story.walk(1).loss[-1] > 1e70
        story.says(f"stable only below {short(mean_square_limit(x))}")

        for index in (0, 1):
            assert story.status(index, data={"batch_size": 0}).kind == "converged"
        story.says("Set the batch size to 0", "Set the batch size to 5", "Set the batch size to 1")
        assert story.walk(1, data={"batch_size": 5}).loss.max() < 1e4
        assert "Hovers" in story.status(1, data={"batch_size": 5}).sentence
        settled = story.walk(0, schedule=ScheduleSettings(name="cosine")).distance[-1]
        story.says(f"it ends {short(settled)} from the", f"instead of {short(walk.distance[-1])}")


def curvatures_of_batch(landscape, step):
    return float(np.linalg.eigvalsh(landscape.hessian((0.0, 0.0), step=step))[1])


def mean_square_limit(x):
    """Return the rate at which E[(I − ηH)⊗(I − ηH)] has spectral radius 1, for single rows."""
    rows = np.stack([x, np.ones_like(x)], axis=1)
    low, high = 0.0, 1.0
    for _ in range(50):
        rate = 0.5 * (low + high)
        steps = np.eye(2) - 2 * rate * rows[:, :, None] * rows[:, None, :]
        second = np.mean([np.kron(step, step) for step in steps], axis=0)
        stable = np.abs(np.linalg.eigvals(second)).max() < 1
        low, high = (rate, high) if stable else (low, rate)
    return low


def test_large_weights():
    with told("large_weights") as story:
        landscape = story.landscape()
        small, large = (landscape.gradient(p) for p in ((0.3, 0.3), (3.0, 3.0)))
        story.says(f"converges in {story.status(0).step} steps")
        longer = np.linalg.norm(large) / np.linalg.norm(small)
        story.says(f"the gradient is {short(longer, 2)} times as long")
        now, then = curvatures(landscape, (3.0, 3.0))[0], curvatures(landscape, (0.3, 0.3))[0]
        story.says(f"curvature is {short(now)} instead of {short(then)}")
        story.says(f"allows η = {short(2 / now)}", "½(xy − 1)²")
        walk = story.walk(1)
        x = [short(value) for value in walk.points[1:5, 0]]
        story.says(f"the first step jumps to {x[0]}", f"x is {x[1]}, {x[2]} and {x[3]}")
        assert curvatures(landscape, walk.points[1])[0] > now
        assert (np.diff(np.abs(ratios(walk.points[:6, 0]))) > 0).all()
        story.says(f"At step {overflow(walk)} the loss is infinite")

        assert story.status(1, learning_rate=0.07).kind == "converged"
        story.says("Set the second η to 0.07", "clip the norm at 1")
        clipped = story.status(1, clip_norm=1.0)
        assert clipped.kind == "converged"
        story.says(f"the same start converges in {clipped.step} steps")


def test_adam_default():
    with told("adam_default") as story:
        walks = [story.walk(index) for index in range(4)]
        for walk in walks[:3]:
            np.testing.assert_allclose(walk.step_norm[0], walk.learning_rates[0], rtol=1e-6)
            bound = walk.learning_rates[0] * 0.1 / math.sqrt(0.001)
            assert np.nanmax(walk.step_norm) <= bound
        assert story.experiment.runs[0].learning_rate == 0.001
        start, end = walks[0].points[[0, -1], 0]
        story.says(f"x = {short(start)} to {short(end)} after 1000 steps")
        story.says(f"with 0.1 it converges at step {story.status(1).step}")
        story.says(f"overshoots to x = {short(walks[2].points[1, 0])}")
        story.says(f"no step can be longer than {short(0.1 / math.sqrt(0.001))}η")
        assert walks[2].step_norm[1:-1].max() < walks[2].step_norm[0]
        story.says(f"it converges at step {story.status(2).step}")
        story.says(f"multiplies the error by {short(ratios(walks[3].points[:2, 0])[0])}")
        story.says(f"overflows at step {overflow(walks[3])}")

        steeper = {"surface": {"curvature": 100.0}}
        story.says("Set λ to 100")
        for index, walk in enumerate(walks[:3]):
            np.testing.assert_allclose(story.walk(index, **steeper).points, walk.points, atol=1e-6)
        story.says(f"gradient descent overflows at step {overflow(story.walk(3, **steeper))}")
        quicker = story.walk(0, learning_rate=0.01)
        story.says("Set the first η to 0.01", f"it is {short(quicker.distance[-1])} from")


def test_cliff():
    with told("cliff") as story:
        free, clipped = story.walk(0), story.walk(1)
        norms = free.gradient_norm
        story.says(
            "50 times", f"For 125 steps the gradient is never longer than {norms[:125].max():.3g}"
        )
        touch = first_above(norms, 1.0)
        story.says(f"At step {touch} the run", f"the gradient is {short(norms[touch])} long")
        story.says(f"that one step of {short(free.step_norm[touch])}")
        x, y = free.points[touch + 1]
        story.says(f"throws it to ({short(x)}, {short(y)})")
        story.says(f"the gradient is {short(norms[touch + 1])}")
        assert story.landscape().parameters["steps"] == 50
        assert np.abs(free.points[-1] - free.points[touch + 1]).max() < 1e-3
        assert clipped.step_norm[:-1].max() <= 0.3 * (1 + 1e-12)
        np.testing.assert_array_equal(clipped.points[: touch + 1], free.points[: touch + 1])
        story.says("no step is longer than 0.3", "its loss is below 1e-5")
        assert clipped.loss[-1] < 1e-5

        slower = story.walk(0, learning_rate=0.1, of_experiment={"steps": 1000})
        far = first_above(slower.step_norm, 1.0)
        assert far > touch
        assert slower.distance[-1] > 5
        story.says("Set the first η to 0.1 and the steps to 1000")
        np.testing.assert_array_equal(story.walk(0, clip_norm=1.0).points, clipped.points)


def test_dead_neuron():
    with told("dead_neuron") as story:
        inputs = np.array([-1, 0.5, 1, 2])
        story.says("four inputs: −1, 0.5, 1 and 2")
        alive, dead = story.walk(0), story.walk(1)
        assert story.status(0).kind == "converged"
        np.testing.assert_allclose(alive.points[-1], (1, 0), atol=1e-3)
        story.says("the weight 1 and the bias 0")
        weight, bias = dead.points[1]
        story.says(f"leads to ({short(weight)}, {short(bias)})")
        assert (weight * inputs + bias < 0).all()
        assert (dead.gradients[1:] == 0).all()
        assert (dead.points[1:] == dead.points[1]).all()
        story.says("answers 0 to all", "exactly 0.", f"loss stays at {short(dead.loss[-1])}")
        story.says(f"the {short(dead.loss[0])} of the start")

        lives, dies = story.walk(1, learning_rate=1.16), story.walk(1, learning_rate=1.17)
        sums = lives.points[1] @ np.stack([inputs, np.ones(4)])
        assert (sums > 0).tolist() == [False, False, False, True]
        assert (lives.gradient_norm > 0).all()
        assert (dies.gradients[1:] == 0).all()
        story.says("Set the second η to 1.16", "the input 2 alive", "Set it to 1.17")
        clipped = story.answered(1, clip_norm=1.0)
        assert (clipped.trajectories[0].gradient_norm > 0).all()
        assert clipped.statuses[0].kind == "oscillating"
        story.says("Set it to 1.5 and clip the norm at 1")


def test_late_spike():
    with told("late_spike") as story:
        loss = story.walk().loss
        calm, top = int(loss[:4000].argmin()), 1000 + int(loss[1000:].argmax())
        story.says(f"at step {calm} the loss is {short(loss[calm])}")
        limit = 2 * 1.9 / (1 - 0.9)
        story.says(f"{short(limit)} = 2(1 + β₁)/(1 − β₁)")
        load = adam_load(story.walk(), beta2=0.999)
        crossing = first_above(load, limit)
        assert calm < crossing < top
        story.says(f"At step {crossing} ηλ/√v passes")
        story.says(f"at step {top} the loss is {short(loss[top])}")
        assert story.status().kind == "converged"
        assert story.status().step > top

        damped = story.walk(hyperparameters={"epsilon": 0.1})
        assert adam_load(damped, beta2=0.999, epsilon=0.1).max() < 2 / 0.1
        story.says("Set ε to 0.1", f"stays below {short(2 / 0.1)}", "ε back to 1e-8")
        calm_runs = (
            damped,
            story.walk(hyperparameters={"beta2": 0.9999}),
            story.walk(optimizer="amsgrad"),
        )
        for walk in calm_runs:
            assert walk.loss[300:].max() < 1e-10
        story.says("β₂ to 0.9999", "5000 steps are calm", "AMSGrad with η = 1")
        restless = story.answered(hyperparameters={"beta2": 0.99})
        loss = restless.trajectories[0].loss
        quiet = first_above(-loss, -1e-20)
        jump = first_above(loss[quiet:], 1e-2) + quiet
        peak = jump + int(loss[jump : jump + 50].argmax())
        story.says("Set β₂ to 0.99:", f"the first jump comes at step {peak}")
        assert restless.statuses[0].kind == "oscillating"


def adam_load(walk, beta2, epsilon=1e-8):
    """Return ηλ/(√v̂ + ε) at each step, from the recorded gradients."""
    v, loads = 0.0, []
    for t, g in enumerate(walk.gradients[:-1, 0], 1):
        v = beta2 * v + (1 - beta2) * g * g
        loads.append(walk.run.learning_rate * 2 / (math.sqrt(v / (1 - beta2**t)) + epsilon))
    return np.array(loads)


def test_flatter_minima():
    with told("flatter_minima") as story:
        landscape = story.landscape()
        start = curvatures(landscape, (4.0, 0.5))[0]
        story.says("xy = 1", "½(xy − 1)²", f"λ₁ is {short(start)}", f"η = {short(2 / start)}")
        calm, low, high = (story.walk(index) for index in range(3))
        ends = [curvatures(landscape, walk.points[-1])[0] for walk in (calm, low, high)]
        for walk, found in zip((calm, low, high), ends, strict=True):
            np.testing.assert_allclose((walk.points[-1] ** 2).sum(), found, rtol=1e-9)
            np.testing.assert_allclose(walk.points[-1].prod(), 1, rtol=1e-9)
            assert found < 2 / walk.run.learning_rate
        assert (np.diff(calm.loss[:7]) < 0).all()
        story.says(f"λ₁ = {short(ends[0])}", f"λ₁ = {short(ends[1])} and {short(ends[2])}")
        story.says(f"to {short(low.loss.max())} and {short(high.loss.max())}")
        story.says(f"2/η = {short(2 / 0.15)} and {short(2 / 0.2)}")

        story.says("Set the last η to 0.25", f"4/λ₁ = {short(4 / start)}")
        thrown = story.answered(2, learning_rate=0.25)
        assert thrown.statuses[0].kind == "converged"
        story.says(f"rises to {short(thrown.trajectories[0].loss.max())}")
        gone = story.walk(2, learning_rate=0.27)
        story.says("Set it to 0.27", f"infinite at step {overflow(gone)}")


def test_edge_of_stability():
    with told("edge_of_stability") as story:
        landscape = story.landscape()
        walks = [story.walk(index) for index in range(3)]
        rises = [int((np.diff(walk.loss[:101]) > 0).sum()) for walk in walks]
        story.says("¼(1 − x²y²)²", "the first 100 steps", "{}, {} and {} of them".format(*rises))
        for walk in walks:
            assert walk.loss[300] < walk.loss[100] < walk.loss[0]
        pairs = [
            (curvatures(landscape, walk.points[-1])[0], 2 / walk.run.learning_rate)
            for walk in walks
        ]
        assert all(0.98 * limit < found < limit for found, limit in pairs)
        of = [f"{short(found)} of {short(limit)}" for found, limit in pairs]
        story.says("the limit 2/η", "{}, {} and {}".format(*of))

        smooth = story.walk(0, learning_rate=0.1)
        found = curvatures(landscape, smooth.points[-1])[0]
        assert (np.diff(smooth.loss[: first_above(-smooth.loss, -1e-20)]) < 0).all()
        story.says(
            "Set the first η to 0.1", f"the limit {short(2 / 0.1)} is above the {short(found)}"
        )
        gone = story.walk(2, learning_rate=0.35)
        story.says("Set the last η to 0.35", f"infinite at step {overflow(gone)}")
        assert replace(gone.run, learning_rate=0.3) == story.experiment.runs[2]
