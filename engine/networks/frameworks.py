"""The frameworks that a run is exported to, by name."""

from __future__ import annotations

from typing import Literal

Framework = Literal["torch", "keras", "jax"]
#: Their names on screen.
FRAMEWORKS: dict[Framework, str] = {"torch": "PyTorch", "keras": "Keras", "jax": "JAX"}
