"""A quadratic of any number of coordinates: an objective that is no surface."""

from __future__ import annotations

import numpy as np


class Quadratic:
    """½ (x − bottom)ᵀ H (x − bottom) + lowest."""

    def __init__(self, hessian, bottom, lowest=0.0):
        self.hessian, self.bottom, self.lowest = np.array(hessian), np.array(bottom), lowest

    def value(self, points):
        errors = np.asarray(points) - self.bottom
        return self.lowest + 0.5 * np.einsum("...i,ij,...j", errors, self.hessian, errors)

    def gradient(self, point):
        return self.hessian @ (point - self.bottom)

    def product(self, point, vector):
        return self.hessian @ vector


def five_dimensional(eigenvalues=(9.0, 4.0, 1.0, 0.3, -0.5)):
    """Return a 5-D quadratic and its eigenvectors as rows, in the order of the eigenvalues."""
    vectors = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 5)))[0].T
    bottom = np.array([1.0, -2.0, 0.5, 3.0, 0.0])
    return Quadratic(vectors.T @ np.diag(eigenvalues) @ vectors, bottom, 1.5), vectors
