"""The hooks' door: a Unix socket on which things can be asked and reported, and nothing decided."""
