"""What the network half shows."""
