"""What one rater is shown: which items, in which order, under which names.

A :class:`Lineup` is the only place where an item's own id meets the key that the browser knows it by. Ids
often give the model away (``"baked_ziti_5__gpt4"``), so they stay in the kernel.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from rubricwidgets.process.plan import item_key, item_order, response_key, response_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rubricwidgets.items import Item, Response
    from rubricwidgets.process.plan import Plan


class Lineup:
    """The items of a study in one rater's order.

    Parameters
    ----------
    items
        The study's items.
    plan
        How they are ordered and what is shown.
    study_id
        The study's own id, which keys the opaque names.
    rater
        Who rates.

    """

    def __init__(self, items: Sequence[Item], plan: Plan, study_id: str, rater: str) -> None:
        self.plan = plan
        self.study_id = study_id
        self.rater = rater
        self._items = {item.id: item for item in items}

    def __len__(self) -> int:
        return len(self._items)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Item ids, first to last, as this rater meets them."""
        return tuple(item_order(self.plan, self.rater, list(self._items)))

    def at(self, index: int) -> Item | None:
        """Return the item at a place (0 to n - 1), or None beyond the end."""
        return self._items[self.order[index]] if 0 <= index < len(self.order) else None

    def index_of(self, item_id: str) -> int:
        """Return the place of an item in this rater's order."""
        return self._places[item_id]

    def item_key(self, item_id: str) -> str:
        """Return the opaque key that the browser knows an item by."""
        return item_key(self.study_id, item_id)

    def item_of(self, key: str) -> Item | None:
        """Return the item behind an opaque key, or None."""
        item_id = self._ids.get(key)
        return None if item_id is None else self._items[item_id]

    def response_key(self, item_id: str, response_id: str) -> str:
        """Return the opaque key that the browser knows a response by."""
        return response_key(self.study_id, item_id, response_id)

    def responses(self, item: Item) -> list[Response]:
        """Return an item's responses in the order that this rater sees."""
        by_id = {response.id: response for response in item.responses}
        return [by_id[one] for one in response_order(self.plan, self.rater, item.id, list(by_id))]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {item_id: place for place, item_id in enumerate(self.order)}

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {self.item_key(item_id): item_id for item_id in self._items}
