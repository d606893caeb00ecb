"""Why a training run went as it did, with the means that explain a path on a surface."""
