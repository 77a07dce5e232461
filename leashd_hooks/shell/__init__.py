"""The shell: a command line to effects."""
