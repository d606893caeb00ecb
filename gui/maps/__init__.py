"""The part of the window that shows maps: thousands of runs over two of their settings."""
