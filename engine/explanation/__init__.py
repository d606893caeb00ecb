"""Why the loss fell or rose: budget of a step, curvature, limits, modes, verdict."""
