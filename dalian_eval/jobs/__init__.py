"""What a command or the desk starts: a run, a reproduction, a draw, a pack, a self-check."""
