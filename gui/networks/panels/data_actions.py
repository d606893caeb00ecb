"""What choosing other data means for an experiment. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.networks.data.catalogue import DATASETS
from engine.networks.data.made import Made
from engine.networks.losses import loss_named

if TYPE_CHECKING:
    from engine.networks.data.preview import DataPreview
    from engine.networks.data.settings import NetworkDataSettings
    from engine.networks.settings import NetworkExperiment


def with_source(settings: NetworkDataSettings, source: str) -> NetworkDataSettings:
    """Return settings for other data: their own parameters and columns, the usual scaling.

    Measured columns are standardised, because as most of them are raw the first run would blow up;
    pixels go from 0 to 1; what is made up has the right size already. Seeds and the share for
    validation stay.
    """
    entry = DATASETS.get(source)
    made = isinstance(entry, Made)
    pixels = isinstance(entry, Made) and entry.image is not None
    return replace(
        settings,
        source=source,
        features=(),
        target="",
        task="auto",
        parameters={},
        scale_inputs="min-max" if pixels else "none" if made else "standardise",
        scale_target="none" if made else "standardise",
        target_divisor=1.0,
    )


def with_features(preview: DataPreview, name: str, used: bool) -> NetworkDataSettings:
    """Return the settings of a preview with one feature more or less, in the table's order.

    Raises ValueError if none would be left, which would mean all of them.
    """
    wished = (set(preview.features) | {name}) if used else (set(preview.features) - {name})
    features = tuple(column for column in preview.table.columns if column in wished)
    if not features:
        raise ValueError("A network needs at least one feature; tick another one first.")
    return replace(preview.settings, features=features, target=preview.target)


def with_target(preview: DataPreview, name: str) -> NetworkDataSettings:
    """Return the settings of a preview with another target, which is no feature any longer.

    The old target becomes a feature in its place: somebody who tries columns one after the other
    would otherwise lose them.
    """
    if name == preview.target:
        return preview.settings
    features = preview.settings.features
    if features:
        wished = (set(features) | {preview.target}) - {name}
        features = tuple(column for column in preview.table.columns if column in wished)
    return replace(preview.settings, features=features, target=name, task="auto")


def with_data(experiment: NetworkExperiment, preview: DataPreview) -> NetworkExperiment:
    """Return the experiment on other data; a loss that cannot judge them becomes the usual one."""
    model = experiment.model
    if model.loss != "auto" and preview.data.task not in loss_named(model.loss).tasks:
        model = replace(model, loss="auto")
    return replace(experiment, data=preview.settings, model=model)
