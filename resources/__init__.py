"""What the program ships: experiments, sample tables, icons."""
