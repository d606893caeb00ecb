"""F1: what can be done with mouse and keys, made from the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QTextBrowser, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from gui.main_window import MainWindow

SIZE_PX = (560, 640)

INTRODUCTION = """
<h2>Drag the ring. Then drag η.</h2>
<p>The ring is where every run starts; each line is the whole path of one optimizer, and the
curves beside it show its loss. Whatever you change, the paths change with it.</p>
<p>A path that overshoots jumps from wall to wall. When the learning rate η is above what the
curvature allows, every step lands higher than the last: the run <i>diverges</i>. Its path ends in
an arrow at the edge, and a mark on the loss curve says at which step the number overflowed.</p>
<h3>Why</h3>
<p>The panel “Why” says why the loss of the selected run falls or rises. <b>Verdict</b>: what
became of the run, in words whose claims about other rates have been run. <b>Budget</b>: what the
slope, the curvature and the rest did to the loss in the step under the play head. <b>Step</b>: the
loss along that step; drag the landing point to see which rate would put it there. <b>Modes</b>:
what each step multiplies the error by, along each eigenvector of the Hessian. <b>Causes</b>: what
would have become of the run otherwise.</p>
<h3>Basins</h3>
<p>With M the ground has the colour of the minimum that the selected optimizer reaches from there,
darker the more steps it takes, and is hatched where the run diverges. The pointer tells which
minimum and how many steps; the slider in the corner says how strong the colours are.</p>
<h3>Networks</h3>
<p>“Network” in the tool bar trains small networks on data: what a surface shows in two dimensions
happens in them as well. Every change of a setting trains all runs anew, from the same first weights
and on the same batches.</p>
<h3>Why did it blow up?</h3>
<p>The tool bar has the usual questions, on surfaces and in networks. Each opens an experiment, and
the page <b>Story</b> of the panel “Why” says what is to be seen and what to try.</p>
<h3>Mouse</h3>
<table cellpadding="3">
<tr><td>Drag a ring</td><td>move a start; with Shift ten times finer</td></tr>
<tr><td>Double-click</td><td>put the start there</td></tr>
<tr><td>Drag the ground</td><td>pan</td></tr>
<tr><td>Wheel</td><td>zoom at the pointer</td></tr>
<tr><td>Right-click</td><td>what can be done with this thing</td></tr>
<tr><td>Drag the line on a curve</td><td>move the play head</td></tr>
<tr><td>Drop a file</td><td>open an experiment or trajectories</td></tr>
</table>
"""

ABOUT = """<h3>Overshoot</h3>
<p>Shows why optimizers overshoot and diverge.</p>
<p>MIT licence. Drawn with Qt and pyqtgraph, stepped with Numba.</p>"""


class HelpWindow(QWidget):
    """A window of its own that stays open beside the program."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self._main = window
        self.setWindowTitle(self.tr("Overshoot help"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Help"))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(lambda link: self._open_story(link.path()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        self.resize(*SIZE_PX)

    def open(self) -> None:
        """Show the page."""
        self.text.setHtml(INTRODUCTION + self._questions() + self._keys())
        self.show()
        self.raise_()

    def _open_story(self, name: str) -> None:
        from engine.stories import CATALOGUE

        self._main.story_menu.open(next(story for story in CATALOGUE if story.name == name))

    def _questions(self) -> str:
        from html import escape

        from engine.stories import IN_NETWORKS, ON_SURFACES

        parts = ((self.tr("on surfaces"), ON_SURFACES), (self.tr("in networks"), IN_NETWORKS))
        return "".join(
            f"<h3>{escape(self.tr('Questions'))} {escape(where)}</h3><ol>"
            + "".join(
                f"<li><a href='{story.name}'>{escape(story.title)}</a></li>" for story in stories
            )
            + "</ol>"
            for where, stories in parts
        )

    def _keys(self) -> str:
        from html import escape

        rows = []
        for command in self._main.commands.commands:
            shortcuts = " or ".join(command.shortcuts)
            if shortcuts:
                rows.append(
                    f"<tr><td>{escape(shortcuts)}</td><td>{escape(command.title)}</td></tr>"
                )
        rows.append("<tr><td>Arrows</td><td>Nudge a start that has the focus</td></tr>")
        return f'<h3>Keys</h3><table cellpadding="3">{"".join(rows)}</table>'


def show_about(window: QWidget) -> None:
    """Show what this program is, above a window."""
    QMessageBox.about(window, window.tr("About Overshoot"), ABOUT)
