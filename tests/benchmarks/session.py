"""Runs the whole program, plays a user, and prints what was measured as one JSON line.

``python session.py STARTED painted|alive|complete|script``: STARTED is the monotonic clock at the
start; alive are paths painted on their ground, complete is a window with its curves, too.
"""

import json
import sys
import time
from pathlib import Path

STARTED, GOAL = float(sys.argv[1]), sys.argv[2]
# Numba loads SciPy where it is; `make run` installs none, only the tests do.
sys.modules["scipy"] = None

import app  # noqa: E402

TICK_MS = 2
QUIET_MS = 300


def main():
    # Nothing is imported here that the program would import in another order.
    watch_keyboard = app._close_on_interrupt

    def watch(window):
        Session(window).watch()
        return watch_keyboard(window)

    app._close_on_interrupt = watch
    sys.exit(app.main(["-platform", "offscreen"]))


class Session:
    def __init__(self, window):
        from PySide6.QtCore import QTimer

        self.found = {}
        self.gaps = []
        self.timer = QTimer
        self.window = window

    def watch(self):
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QApplication

        session, application = self, QApplication.instance()

        class Paints(QObject):
            def eventFilter(self, watched, event):
                if event.type() == QEvent.Type.Paint:
                    session.timer.singleShot(0, lambda: session.on_painted(watched))
                return False

        self.probe = Paints()
        application.installEventFilter(self.probe)
        self.stop_watching = lambda: application.removeEventFilter(self.probe)

    def on_painted(self, widget):
        now = time.monotonic() - STARTED
        if "painted" not in self.found:
            self.found["painted"] = now
            self.found["painted_cpu"] = time.thread_time()
        window, results = self.window, self.window.state.results
        canvas, ground = window.landscape.canvas.viewport(), window.landscape.picture.ground
        if results is not None and widget is canvas and ground.drawn is not None:
            self.found.setdefault("alive", now)
        curves = window.curves.views
        if results is not None and all(view.drawing.shown is results for view in curves):
            self.found.setdefault("complete", now)
        goal = "alive" if GOAL == "script" else GOAL
        if self.probe is not None and goal in self.found:
            self.probe = self.stop_watching()
            self.timer.singleShot(QUIET_MS, self.play) if GOAL == "script" else self.finish()

    def play(self):
        self.last = time.perf_counter()
        self.doing = "start"
        self.ticks = self.timer()
        self.ticks.timeout.connect(self.on_tick)
        self.ticks.start(TICK_MS)
        self.actions = iter(script(self.window))
        self.next_action()

    def on_tick(self):
        now = time.perf_counter()
        self.gaps.append((now - self.last, self.doing))
        self.last = now

    def next_action(self):
        action = next(self.actions, None)
        if action is not None:
            self.doing, act, pause_ms = action
            act()
            self.timer.singleShot(pause_ms, self.next_action)
            return
        self.ticks.stop()
        self.found["gaps_ms"] = sorted(((1e3 * g, what) for g, what in self.gaps), reverse=True)[:8]
        self.finish()

    def finish(self):
        self.found["peak_mb"] = peak_mb()
        sys.stdout.write(json.dumps(self.found) + "\n")
        self.window.close()


def peak_mb():
    """Return the most memory this process held; getrusage would count the parent's, too."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this benchmark needs Linux")


def script(window):
    """Yield (name, action, pause in ms): what a student does in the first minutes."""
    from engine.experiment import SurfaceSettings, new_run
    from engine.surfaces import surface_named

    state = window.state

    def surface(name):
        declared = surface_named(name)
        state.update(surface=SurfaceSettings(name=name), start=declared.start)

    def drag(i):
        x, y = state.experiment.start
        state.update("start", start=(x + 0.01, y - 0.003 * i))

    for i in range(60):
        yield "drag", lambda i=i: drag(i), 16
    for i in range(60):
        rate = 0.01 * 1.08**i
        yield "learning rate", lambda r=rate: state.update_run(0, "rate", learning_rate=r), 16
    for name in ("rosenbrock", "himmelblau", "beale", "absolute", "square", "bowl"):
        yield f"surface {name}", lambda n=name: surface(n), 400
    for name in ("adam", "rmsprop", "heavy_ball", "bfgs"):
        run = new_run(name, slot=1)
        yield f"add {name}", lambda r=run: state.update(runs=(*state.experiment.runs[:1], r)), 300
    yield "10 000 steps", lambda: state.update(steps=10_000), 400
    for i in range(30):
        yield "drag 10 000", lambda i=i: drag(i), 16
    yield "decade ladder", window.run_actions.decade_ladder, 400
    for scale in (2.0, 1.0, 0.5, 0.1):
        view = (-scale, scale, -scale, scale)
        yield "zoom", lambda v=view: state.update_display("view", view=v), 200
    yield "fit", window.fit, 300
    yield "play", window.player.play, 600
    yield "pause", window.player.pause, 100
    for _ in range(10):
        yield "undo", state.undo, 60
    for _ in range(10):
        yield "redo", state.redo, 60
    formula = SurfaceSettings(name="formula", formula="sin(3*x)*cos(y) + x^2/10 + y^2")
    yield "formula", lambda: state.update(surface=formula), 1500


if __name__ == "__main__":
    main()
