"""What is mapped, and how."""
