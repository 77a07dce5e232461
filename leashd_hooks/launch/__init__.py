"""Starts an agent's real client so that neither project nor settings can take the guard away from it."""
