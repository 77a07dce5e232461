"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# A busy machine is no failure; CI tries the same examples every time, people try new ones.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
