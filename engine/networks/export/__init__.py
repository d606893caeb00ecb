"""A network's run as a script that stands alone, in PyTorch, Keras or JAX with optax.

What a script cannot make again, `arrays`, stands in an ``.npz`` file of the script's name.
"""

from engine.networks.export.arrays import arrays
from engine.networks.export.files import write_script
from engine.networks.export.for_jax import jax_script
from engine.networks.export.for_keras import keras_script
from engine.networks.export.for_torch import torch_script

__all__ = ["arrays", "jax_script", "keras_script", "torch_script", "write_script"]
