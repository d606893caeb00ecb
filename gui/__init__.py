"""The window: asks, draws and plays; does no mathematics."""
