"""Mathematics as pictures."""

import pytest

from engine.formula import parse
from engine.optimizers import CATALOGUE as OPTIMIZERS
from engine.surfaces import CATALOGUE as SURFACES
from gui.mathematics import MathLabel
from gui.panels.surface_panel import latex_of
from gui.theme import DARK, LIGHT, THEME
from gui.typesetting import render, split


def at_once(topic, work, done, failed=None):
    try:
        result = work()
    except ValueError as error:
        failed(str(error))
    else:
        done(result)


@pytest.fixture
def label(qtbot):
    made = MathLabel(at_once)
    qtbot.addWidget(made)
    made.resize(280, 60)
    return made


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        ("a + b", ["a", "{} + b"]),
        (r"x_{t+1} = x_t - \eta g", ["x_{t+1}", "{} = x_t", r"{} - \eta g"]),
        (r"\left(a + b\right)^{2}", [r"\left(a + b\right)^{2}"]),
        (r"\frac{a + b}{c - d}", [r"\frac{a + b}{c - d}"]),
        ("-x + y", ["-x", "{} + y"]),
        ("a = -b", ["a", "{} = -b"]),
        ("(a + b) - c", ["(a + b)", "{} - c"]),
    ],
)
def test_a_line_breaks_only_before_outer_signs(latex, parts):
    assert [part.strip() for part in split(latex)] == parts


@pytest.mark.parametrize("rule", OPTIMIZERS, ids=lambda rule: rule.name)
def test_every_update_rule_can_be_drawn(rule):
    assert all(piece.width > 0 for line in rule.latex for piece in render(line))


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_every_surface_can_be_drawn(surface):
    assert latex_of(surface)
    assert all(piece.ascent + piece.descent > 0 for piece in render(latex_of(surface)))


def test_a_narrower_label_is_taller_and_keeps_everything_inside(label):
    label.set_latex((r"x_{t+1} = x_t - \eta g + \beta m + \gamma v + \delta u",), "rule")
    heights = [label.heightForWidth(width) for width in (600, 280, 140)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_it_is_drawn_in_the_themes_text_colour(label, monkeypatch):
    label.set_latex(("x^2",), "x squared")
    assert label.accessibleName() == "x squared"
    pictures = []
    for colours in (LIGHT, DARK):
        monkeypatch.setattr(THEME, "colours", colours)
        THEME.changed.emit()
        pictures.append(label.grab().toImage())
    assert pictures[0] != pictures[1]


def test_plain_text_is_shown_until_the_picture_is_there(qtbot):
    waiting = []
    label = MathLabel(lambda topic, work, done, failed=None: waiting.append((work, done)))
    qtbot.addWidget(label)
    label.set_latex(("q^3",), "q cubed")
    assert not label.has_picture()
    label.grab()
    work, done = waiting[0]
    done(work())
    assert label.has_picture()


def test_a_late_picture_of_an_earlier_formula_is_not_shown(qtbot):
    waiting = []
    label = MathLabel(lambda topic, work, done, failed=None: waiting.append((work, done)))
    qtbot.addWidget(label)
    label.set_latex(("q^4",), "old")
    label.set_latex(("q^5",), "new")
    work, done = waiting[0]
    done(work())
    assert not label.has_picture()


def test_what_cannot_be_drawn_stays_plain_text(label):
    label.set_latex((r"\frac{",), "half a fraction")
    assert not label.has_picture()
    assert not label.grab().isNull()


def test_what_would_take_minutes_stays_plain_text(label):
    text = "x*y"
    for _ in range(30):
        text = f"sin({text}*y)"
    label.set_latex((parse(text).latex(),), text)
    assert not label.has_picture()
    assert label.accessibleName() == text
    assert not label.grab().isNull()


@pytest.mark.parametrize("level", ["sin({}*y)", "sqrt({}+y)", "1/({}+y)", "({}+1)^2"])
def test_six_levels_are_still_shown_as_mathematics(level):
    text = "x"
    for _ in range(6):
        text = level.format(text)
    assert render(parse(text).latex())
