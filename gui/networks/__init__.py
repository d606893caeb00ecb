"""The network's half of the window."""
