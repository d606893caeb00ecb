"""Plots; each draws one thing. Views never import each other."""
