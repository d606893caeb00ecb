"""Everything about the selected training run that is not its learning rate."""

from __future__ import annotations

from dataclasses import replace

from engine.parameter import Parameter
from gui.panels.run_settings import SHARED, RunSettingsPanel

SHARPNESS = Parameter(
    "sharpness", "SAM ρ", 0, 0, 0.5,
    "Takes each gradient where the loss is highest within this distance, which leads to flat "
    "minima (sharpness-aware minimisation); 0 is off.",
    minimum=0,
)  # fmt: skip
#: What reads otherwise where there is a network.
HELP = {
    "weight_decay": "Pulls the weights towards 0: added to the gradient, or apart from it if "
    "decoupled.",
    "decoupled": "Shrink the weights by η times the decay instead of adding it to the gradient "
    "(AdamW).",
    "clip_value": "Cut each component of the gradient to this size; 0 is off.",
    "noise": "Standard deviation of normal noise added to each component of the gradient; 0 is "
    "off.",
    "maximize": "Raise the loss instead of lowering it.",
}


class TrainingRunSettings(RunSettingsPanel):
    """The same as on surfaces, and sharpness-aware minimisation."""

    offered = (*(replace(p, help=HELP.get(p.name, p.help)) for p in SHARED), SHARPNESS)
