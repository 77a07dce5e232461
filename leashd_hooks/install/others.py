"""The agents beside Claude Code and Codex that the hook can be registered with."""

from __future__ import annotations

from leashd_hooks.install import copilot, cursor, gemini, opencode
from leashd_hooks.install.host import Host

HOSTS: tuple[Host, ...] = (gemini.HOST, opencode.HOST, copilot.HOST, cursor.HOST)
