"""Which of our rules optax has: those that walk the same path to the last digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.script import literal
from engine.torch_optim import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.networks.export.subject import Subject

    #: Hyperparameters -> what follows the learning rate in the call.
    Call = Callable[[Mapping[str, float]], str]


def _betas(v: Mapping[str, float]) -> str:
    return f"b1={v['beta1']!r}, b2={v['beta2']!r}"


def _momentum(v: Mapping[str, float]) -> str:
    return f", momentum={v['momentum']!r}" * (v["momentum"] > 0)


def _sgd(v: Mapping[str, float]) -> str:
    ahead = v.get("nesterov") and v["momentum"]
    return _momentum(v) + ", nesterov=True" * bool(ahead)


#: optax has more of these names, but with an ε elsewhere (Adagrad, RAdam), other momentum (NAdam,
#: Adan, Yogi), the largest of corrected moments (AMSGrad) or each step one late (Rprop).
CALLS: dict[str, tuple[str, Call]] = {
    "sgd": ("optax.sgd", _sgd),
    "heavy_ball": ("optax.sgd", _momentum),
    "nesterov": ("optax.sgd", lambda v: _sgd({**v, "nesterov": 1.0})),
    "signsgd": ("optax.sign_sgd", lambda v: ""),
    "lion": ("optax.lion", lambda v: f", {_betas(v)}, weight_decay=0.0"),
    "adadelta": ("optax.adadelta", lambda v: f", rho={v['rho']!r}, eps={v['epsilon']!r}"),
    "adam": ("optax.adam", lambda v: f", {_betas(v)}, eps={v['epsilon']!r}"),
    "adamw": ("optax.adam", lambda v: f", {_betas(v)}, eps={v['epsilon']!r}"),
    "adamax": ("optax.adamax", lambda v: f", {_betas(v)}, eps={v['epsilon']!r}"),
    "adabelief": (
        "optax.adabelief",
        lambda v: f", {_betas(v)}, eps={v['epsilon']!r}, eps_root={v['epsilon']!r}",
    ),
    "lamb": ("optax.lamb", lambda v: f", {_betas(v)}, eps={v['epsilon']!r}, weight_decay=0.0"),
    "lars": (
        "optax.lars",
        lambda v: (
            f", weight_decay=0.0, trust_coefficient={v['trust']!r}, momentum={v['momentum']!r}"
        ),
    ),
}
#: Where optax itself multiplies the weights by 1 − ηw, and under what name.
DECAYS = {"adam": "optax.adamw", "adamw": "optax.adamw", "lion": "optax.lion", "lamb": "optax.lamb"}


def optax_call(subject: Subject) -> str:
    """Return ``optimizer = optax.…``, or nothing where optax has no such rule.

    A rate that changes is what ``schedule`` says.
    """
    name, values, run = subject.rule.name, subject.values, subject.run
    if name not in CALLS or _differs(subject):
        return ""
    function, rest = CALLS[name]
    rate = literal(run.learning_rate) if subject.constant_rate else "schedule"
    arguments = f"{rate}{rest(values)}"
    if decays(subject):
        function = DECAYS[name]
        arguments = arguments.replace(", weight_decay=0.0", "")
        arguments += f", weight_decay={literal(run.weight_decay)}"
    return tidy(f"{function}({arguments})", "optimizer")


def decays(subject: Subject) -> bool:
    """Return whether optax's own optimizer does the run's weight decay."""
    run = subject.run
    return run.weight_decay != 0 and run.decoupled and subject.rule.name in DECAYS


def _differs(subject: Subject) -> bool:
    """Return whether these settings make our rule another one than optax's."""
    values, run = subject.values, subject.run
    if subject.rule.name == "signsgd":
        return values["beta"] != 0
    # optax.lars divides by the norm of the sum of gradient and decay.
    lars = subject.rule.name == "lars" and run.weight_decay != 0
    return lars or bool(values.get("dampening"))
