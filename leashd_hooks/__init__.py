"""The guard between an AI coding agent and the machine."""

__version__ = "0.1.0"
