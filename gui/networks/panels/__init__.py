"""What is asked in the network half."""
