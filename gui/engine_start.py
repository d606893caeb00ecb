"""Loads the engine after the first paint; at the first start ever, has it compiled elsewhere."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QProcess

from engine import warm_up
from engine.stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.message_line import MessageLine
    from gui.runner import Runner

#: What must be compiled before the window can answer without compiling itself.
NEEDED = "opening"
#: The topics of requests that wait for a stage of their own, which comes later.
LATER = {
    "curves": "curves", "explain": "explaining", "training": "networks", "basins": "basins",
}  # fmt: skip
#: The topics of maps, which wait until the engine answers.
MAPPED = ("map", "sweep", "range", "compare")
END_MS = 2000
#: Blocks of memory up to this size stay with the process: a run of 10 000 steps takes 0.4 MB.
KEPT_BYTES = 1 << 24


class EngineStart(QObject):
    """Calls `ready` once, as soon as the engine answers without a wait.

    Curves and explanations follow when they are compiled, too.
    """

    def __init__(
        self, runner: Runner, line: MessageLine, ready: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._line = line
        self._ready: Callable[[], None] | None = ready
        self._fraction = 0.0
        self._compiling: list[str] = []
        self._later: list[str] = []
        self._held: set[str] = set()
        self._closing = False
        # Numba takes note of its library in one thread, not in two at once.
        for topic in MAPPED:
            runner.hold(topic)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(lambda *_: self._on_finished())

    def begin(self) -> None:
        """Find out what is compiled, in a thread, since that reads the engine's sources."""

        def work() -> list[str]:
            keep_memory()
            missing = [stage for stage in STAGES if not warm_up.is_warm(stage)]
            if NEEDED not in missing:
                import engine.answer  # noqa: F401
            return missing

        self._runner.submit("engine", work, self._on_known, lambda _: self._finish())

    def close(self) -> None:
        """End the compiling process."""
        self._ready = None
        self._later = []
        self._closing = True
        self._process.blockSignals(True)
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(END_MS):
            self._process.kill()
            self._process.waitForFinished(END_MS)

    def _on_known(self, missing: Any) -> None:
        awaited = [stage for stage in missing if stage in warm_up.AWAITED]
        self._later = [stage for stage in missing if stage not in warm_up.AWAITED]
        self._held = {topic for topic, stage in LATER.items() if stage in missing}
        for topic in self._held:
            self._runner.hold(topic)
        if not awaited:
            self._finish()
            return
        work = self.tr("Preparing the engine for this machine; only the first start needs it.")
        self._line.show_progress(lambda: self._fraction, work=work)
        self._compile(awaited)
        # The window needs it afterwards, and one core is idle at the end of compiling.
        self._runner.submit("numba", _load_compiler, lambda _: None)

    def _compile(self, stages: list[str]) -> None:
        self._compiling = stages
        program, *arguments = warm_up.command(stages)
        self._process.setWorkingDirectory(str(warm_up.working_folder()))
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.start(program, arguments)

    def _on_output(self) -> None:
        text = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        for line in text.splitlines():
            try:
                progress = warm_up.Progress.parse(line)
            except ValueError:
                continue
            self._fraction = progress.done / progress.total
        if warm_up.is_warm(NEEDED):
            self._answer()
        for topic in [topic for topic in self._held if warm_up.is_warm(LATER[topic])]:
            self._release(topic)

    def _release(self, topic: str) -> None:
        self._held.discard(topic)
        self._runner.release(topic)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        # After any other error the process says that it has finished, too.
        if error == QProcess.ProcessError.FailedToStart:
            self._on_finished()

    def _on_finished(self) -> None:
        # Whatever became of it: what is not compiled yet is compiled in a thread.
        if set(self._compiling) & set(warm_up.AWAITED):
            self._line.finish_progress()
        for topic in [topic for topic in self._held if LATER[topic] in self._compiling]:
            self._release(topic)
        self._finish()

    def _preload(self) -> None:
        """Load what is compiled, so that a first choice of surface or optimizer costs nothing."""

        def work() -> None:
            from engine.preload import preload

            preload(lambda: self._closing, self._runner.is_quiet)

        self._runner.submit("preload", work, lambda _: _settle())

    def _answer(self) -> None:
        if self._ready is not None:
            ready, self._ready = self._ready, None
            _settle()
            ready()
            for topic in MAPPED:
                self._runner.release(topic)

    def _finish(self) -> None:
        self._answer()
        if self._later:
            later, self._later = self._later, []
            self._compile(later)
        elif not self._closing:
            self._preload()


def keep_memory() -> None:
    """Have blocks that are given back stay with this process, instead of going to the system.

    While a start is dragged, fetching the pages of all paths anew takes a tenth of each frame.
    glibc keeps blocks up to the size of the largest that was ever given back, see "Note: Nowadays"
    of mallopt(3); other C libraries have their own ways.
    """
    np.empty(KEPT_BYTES, np.uint8)


def _load_compiler() -> None:
    from engine.compile import get_ready

    get_ready()


def _settle() -> None:
    """Leave what is loaded out of garbage collection: looking through it stops the window.

    Numba, Qt and the kernels are hundreds of thousands of objects that live as long as the program.
    """
    gc.freeze()
