"""What the stories about straight slopes and bowls say is seen, and is so."""

import math

import numpy as np
from story_reader import curvatures, first_above, overflow, percent, ratios, told

from engine.experiment import SurfaceSettings, new_run
from engine.numbers import short


def test_parabola():
    with told("parabola") as story:
        factors = []
        for index, run in enumerate(story.experiment.runs):
            x = story.walk(index).points[:, 0]
            np.testing.assert_allclose(ratios(x), 1 - 2 * run.learning_rate, rtol=1e-9)
            factors.append(short(ratios(x)[0]))
        story.says("The slope of x² is 2x, so each step multiplies x by 1 − 2η")
        story.says("that is {},".format(*factors), *(f"it is {factor}" for factor in factors[1:]))
        near, over, bounce, away = (story.status(i) for i in range(4))
        assert near.kind == over.kind == "converged"
        assert near.step == over.step
        assert (bounce.kind, bounce.period) == ("oscillating", 2)
        story.says(f"a bounce between −{short(bounce.amplitude)} and {short(bounce.amplitude)}")
        loss = story.walk(3).loss
        story.says(f"each step multiplies the loss by {short(ratios(loss)[0])}")
        story.says(f"from {short(loss[0])} to {short(loss[-1])} in 60 steps")
        assert away.kind == "diverged"

        assert story.status(3, learning_rate=0.5).step == 1
        story.says("Set the last η to 0.5: the factor is 0, and the first step lands")
        longer = {"steps": 2000}
        step = overflow(story.walk(3, of_experiment=longer))
        story.says(f"the steps to 2000: its loss is infinite from step {step} on")
        step = overflow(story.walk(3, of_experiment={**longer, "precision": "float32"}))
        story.says(f"infinite from step {step} on")


def test_regression():
    with told("regression") as story:
        high, low = curvatures(story.landscape())
        assert story.landscape().minima[0].tolist() == [2, 1, 0]
        story.says("y = 2x + 1, at x = 1 … 5", f"λ₁ = {short(high, 4)}", f"λ₂ = {short(low)}")
        story.says(f"η = 2/λ₁ = {short(2 / high)}")
        slow, fast = story.walk(0), story.walk(1)
        story.says(f"leaves {percent(1 - 0.01 * low)} of the flat one")
        assert 1 - 0.01 * high < 0.8
        np.testing.assert_allclose(ratios(slow.loss[100:200]), (1 - 0.01 * low) ** 2, rtol=1e-3)
        story.says(f"after 500 steps the loss is {short(slow.loss[-1])}")
        story.says(f"multiplies the steep error by {short(1 - 0.12 * high)}")
        growth = float(ratios(fast.loss[:60])[-1])
        assert growth == np.float32(growth)
        story.says(
            f"grows {short(growth)}-fold a step", f"overflows float32 at step {overflow(fast)}"
        )

        story.says(f"it converges at step {story.status(1, learning_rate=0.0833).step}")
        above = story.walk(1, learning_rate=0.0846).loss
        assert 2 / high < 0.0846
        story.says("Set it to 0.0846", f"grows by {percent(ratios(above)[0] - 1)} a step")
        np.testing.assert_allclose(ratios(above[:100]), (1 - 0.0846 * high) ** 2, rtol=2e-4)
        ball = new_run("heavy_ball", learning_rate=0.12, hyperparameters={"momentum": 0.9})
        changes = {"optimizer": ball.optimizer, "hyperparameters": ball.hyperparameters}
        assert story.status(1, **changes).kind == "converged"
        story.says("momentum 0.9", f"whose limit is {short(2 * 1.9 / high)}")
        story.says("Set the second η to 0.0833")


def test_raw_feature():
    with told("raw_feature") as story:
        high, low = curvatures(story.landscape())
        story.says("to one side of 0", f"κ = λ₁/λ₂ = {short(high / low, 2)}")
        story.says(f"η = {short(2 / high)}")
        rate, best = story.experiment.runs[0].learning_rate, 2 / (high + low)
        assert short(best) == short(rate)
        story.says(f"leaves {percent((high - low) / (high + low))} of the error")
        story.says(f"{first_above(-story.walk(0).loss, -1e-6)} steps until the loss is below 1e-6")
        assert story.status(1).kind == "diverged"

        even = {"standardise": True}
        high_even, low_even = curvatures(story.landscape(data=even))
        story.says(f"κ becomes {short(high_even / low_even)}")
        steps = [
            first_above(-story.walk(index, data=data).loss, -1e-6)
            for index, data in ((0, even), (0, {}), (1, even))
        ]
        story.says(f"the first run needs {steps[0]} steps, not {steps[1]}")
        story.says(f"which blew up, needs {steps[2]}")
        total = {"reduction": "sum"}
        times = curvatures(story.landscape(data=total))[0] / high
        story.says(f"λ₁ is {short(times)} times as large")
        assert {story.status(index, data=total).kind for index in (0, 1)} == {"diverged"}


def test_standardised_feature():
    with told("standardised_feature") as story:
        x = np.arange(1.0, 6.0)
        story.says(f"(x − {short(x.mean())})/{short(x.std())}, which has mean 0 and deviation 1")
        high, low = curvatures(story.landscape())
        raw = {"standardise": False}
        raw_high, _ = curvatures(story.landscape(data=raw))
        story.says(f"curvature is {short(high)} in every", f"κ = {short(high / low)}")
        story.says(f"the limit is η = {short(2 / high)}", f"{short(raw_high / high)} times as much")
        assert 0.12 * raw_high > 2
        np.testing.assert_allclose(
            np.sqrt(ratios(story.walk(0).loss[:20])), 1 - 0.12 * high, rtol=1e-9
        )
        story.says(f"leaves {percent(1 - 0.12 * high)} of the error")
        assert story.status(1).step == 1

        assert {story.status(index, data=raw).kind for index in (0, 1)} == {"diverged"}
        grows = np.sqrt(ratios(story.walk(1, learning_rate=1.01).loss))
        np.testing.assert_allclose(grows, grows[0], rtol=1e-9)
        story.says("Set the second η to 1.01", f"multiplies the error by −{short(grows[0])}")
        total = {"reduction": "sum"}
        high, _ = curvatures(story.landscape(data=total))
        story.says(f"the curvature is {short(high)} and the limit {short(2 / high)}")
        assert story.status(1, data=total).kind == "diverged"


def test_ill_conditioned_bowl():
    with told("ill_conditioned_bowl") as story:
        high, low = curvatures(story.landscape())
        story.says(f"λ₁ = {short(high)}", f"λ₂ = {short(low)}", f"κ = {short(high / low)}")
        story.says(f"no more than η = {short(2 / high)}")
        assert percent(-(1 - 0.099 * high)) == percent(1 - 0.099 * low)
        story.says(f"leaves {percent(1 - 0.099 * low)} of the error")
        end = story.experiment.steps
        near, above, ball = (story.walk(index) for index in range(3))
        story.says(f"after 300 steps the loss is {short(near.loss[end])}")
        story.says(f"across is {short(1 - 0.101 * high)}", f"climbs to {short(above.loss[end])}")
        root = math.sqrt(high / low)
        rate = (2 / (math.sqrt(high) + math.sqrt(low))) ** 2
        momentum = ((root - 1) / (root + 1)) ** 2
        run = story.experiment.runs[2]
        assert short(rate) == short(run.learning_rate)
        assert short(momentum) == short(run.hyperparameters["momentum"])
        story.says(f"about {short(100 * math.sqrt(momentum), 2)} % at each step")
        story.says(f"{first_above(-ball.loss, -1e-6)} steps are enough for a loss below 1e-6")

        assert story.status(0, learning_rate=0.05, surface={"kappa": 1.0}).step == 1
        story.says("Set κ to 1 and the first η to 0.05", "Set κ to 1000")
        far = story.walk(0, surface={"kappa": 1000.0}).loss[end]
        story.says(f"the loss after 300 steps is {short(far)}")


def test_order_of_magnitude():
    with told("order_of_magnitude") as story:
        assert (
            ratios([run.learning_rate for run in story.experiment.runs]).round(9).tolist()
            == [10.0] * 4
        )
        walks = [story.walk(index) for index in range(5)]
        left = [abs(float(t.points[1, 0])) for t in walks]
        story.says("a factor of 10 apart", f"leaves {percent(left[0])} and {percent(left[1])}")
        assert walks[0].loss[-1] > 0.8
        assert walks[1].loss[-1] > 0.15
        story.says(f"it leaves {percent(left[2])}", f"the loss falls to {short(walks[2].loss[-1])}")
        assert story.status(3).period == 2
        story.says(f"multiplies the error by {short(walks[4].points[1, 0])}")
        weight = first_above(np.abs(walks[4].points[:, 0]), np.finfo(np.float32).max)
        story.says(f"overflows at step {overflow(walks[4])}", f"weight itself at step {weight}")

        longer = {"steps": 1000}
        above = story.walk(3, learning_rate=1.05, of_experiment=longer)
        story.says("Set the rate 1 to 1.05 and the steps to 1000")
        story.says(f"the factor is {short(above.points[1, 0])}")
        weight = first_above(np.abs(above.points[:, 0]), np.finfo(np.float32).max)
        story.says(f"takes {overflow(above)} steps until", f"and {weight} until the weight does")
        far = story.walk(4, learning_rate=100.0)
        story.says("Set the rate 10 to 100", f"the factor is {short(far.points[1, 0])}")
        story.says(f"the loss overflows at step {overflow(far)}")


def test_minimise_climbs():
    with told("minimise_climbs") as story:
        high, low = curvatures(story.landscape())
        walk = story.walk()
        factors = walk.points[1] / walk.points[0]
        story.says(f"λ₂ = {short(low)}, each step multiplies the error by {short(factors[1])}")
        story.says(f"λ₁ = {short(high)}, by {short(factors[0])}", f"the limit {short(2 / high)}")
        rises = np.flatnonzero(np.diff(walk.loss) > 0)
        turn = int(rises[0])
        assert rises.tolist() == list(range(turn, 60))
        story.says(f"for {turn} steps the loss falls")
        story.says(f"from {short(walk.loss[0])} to {short(walk.loss[turn])}")
        story.says(f"after 60 it is {short(walk.loss[60])}")
        first, second = budget(story.landscape(), walk)
        np.testing.assert_allclose(first + second, np.diff(walk.loss), atol=1e-9)
        assert (first < 0).all()
        for step, what in ((turn - 1, "falls"), (turn, "rises")):
            story.says(f"of step {step}" if what == "falls" else f"at step {step}")
            story.says(
                f"first order {short(first[step])}, second order {short(second[step])}, "
                f"and the loss {what}"
            )

        assert (np.diff(story.walk(learning_rate=0.099).loss) < 0).all()
        story.says("Set η to 0.099", "the start to (0, 3)", "ᵀHg")
        assert story.status(start=(0.0, 3.0)).kind == "converged"


def budget(landscape, walk):
    """Return g·Δ and ½ ΔᵀHΔ of each step."""
    moves = np.diff(walk.points, axis=0)
    first = (landscape.gradient(walk.points)[:-1] * moves).sum(axis=1)
    hessians = landscape.hessian(walk.points)[:-1]
    return first, 0.5 * np.einsum("ni,nij,nj->n", moves, hessians, moves)


def test_never_settles():
    with told("never_settles") as story:
        walks = [story.walk(index) for index in range(3)]
        for walk in walks:
            np.testing.assert_allclose(walk.step_norm[:-1], walk.learning_rates[:-1], rtol=1e-9)
        story.says("is −1 or 1")
        assert set(np.unique(walks[0].gradients[:, 0])) == {-1.0, 1.0}
        for index, words in ((0, "in a jump between {} and {}"), (1, "in one between {} and {}")):
            status = story.status(index)
            ends = sorted(walks[index].points[-2:, 0])
            assert status.period == 2
            assert short(2 * status.amplitude) == short(story.experiment.runs[index].learning_rate)
            story.says(words.format(*map(short, ends)))
        story.says(f"the last point is {short(walks[2].distance[-1])} from the minimum")

        square = {"surface": SurfaceSettings(name="square")}
        assert story.status(of_experiment=square).step == 1
        clipped = story.walk(clip_norm=0.1)
        story.says("clip the norm", f"at 0.1: its jump is {short(clipped.step_norm[-2])} wide")
        assert story.status(clip_norm=0.1).kind == "oscillating"
