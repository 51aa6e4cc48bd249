"""How good responses seem to a simulated rater, from which every scale makes a plausible answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


@dataclass(frozen=True, slots=True)
class Seen:
    """What one simulated rater makes of an item.

    Parameters
    ----------
    quality
        By response id, and None for the item as a whole: how good it seems to the rater, about 0 to 1, their severity taken off.
    shared
        Chance that is the same for every rater of this question, for what is there whoever looks: where an error stands, how hard
        a criterion is to meet.
    own
        Chance of this rater alone.

    """

    quality: Mapping[str | None, float]
    shared: np.random.Generator
    own: np.random.Generator

    def of(self, response: str | None) -> float:
        """Return how good a response (None: the item) seems, held within 0 and 1."""
        return min(1.0, max(0.0, self.quality[response]))
