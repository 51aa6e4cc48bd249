"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine and in every run, and none too slow for a busy one: a property either holds or does not.
# Look for new counter-examples with `pytest --hypothesis-profile=explore`.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("steady")
