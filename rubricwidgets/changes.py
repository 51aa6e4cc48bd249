"""What changed between a study as it was saved and as it is given now, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rubricwidgets.item_content import canonical
from rubricwidgets.items import items_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rubricwidgets.items import Item
    from rubricwidgets.process.plan import Plan
    from rubricwidgets.rubric import Rubric
    from rubricwidgets.store.base import StudyRecord

_NAMED = 3
_LENGTH = 60


def changes(known: StudyRecord, items: Sequence[Item] | None, rubric: Rubric | None, plan: Plan | None) -> list[str]:
    """Return one sentence per change; what is None was not given and so did not change.

    Parameters
    ----------
    known
        The study as the store has it.
    items, rubric, plan
        What was given now.

    """
    found: list[str] = []
    if items is not None and items_hash(items) != known.items_hash:
        found += _item_changes(known.items, [item.to_dict() for item in items])
    if rubric is not None and rubric.hash != known.rubric_hash:
        found += _rubric_changes(known.rubric, rubric.to_dict())
    if plan is not None and plan.to_dict() != known.plan:
        found += [f"plan: {words}" for words in _differences(known.plan, plan.to_dict())]
    return found


def _item_changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    old = {item["id"]: item for item in before}
    new = {item["id"]: item for item in after}
    yield from _counted("items added", [name for name in new if name not in old])
    yield from _counted("items gone", [name for name in old if name not in new])
    changed = [name for name in new if name in old and not _same(new[name], old[name])]
    for name in changed[:_NAMED]:
        yield from (f"item {name!r}: {words}" for words in _differences(old[name], new[name]))
    if len(changed) > _NAMED:
        yield f"and {len(changed) - _NAMED} more items changed"
    if not changed and set(old) == set(new) and list(old) != list(new):
        yield "items: the same ones in another order"


def _rubric_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old = {dimension["name"]: dimension for dimension in before["dimensions"]}
    new = {dimension["name"]: dimension for dimension in after["dimensions"]}
    yield from _counted("dimensions added", [name for name in new if name not in old])
    yield from _counted("dimensions gone", [name for name in old if name not in new])
    for name, dimension in new.items():
        if name in old:
            yield from (f"dimension {name!r}: {words}" for words in _differences(old[name], dimension))
    shared = [name for name in new if name in old]
    if shared != [name for name in old if name in new]:
        yield "dimensions: the same ones in another order"
    rest = [key for key in before if key != "dimensions"]
    yield from (
        f"rubric: {words}"
        for words in _differences({key: before[key] for key in rest}, {key: after.get(key) for key in rest})
    )


def _counted(what: str, names: Iterable[str]) -> Iterator[str]:
    listed = list(names)
    if listed:
        more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
        yield f"{what}: {', '.join(map(repr, listed[:_NAMED]))}{more}"


def _differences(before: object, after: object, path: str = "") -> Iterator[str]:
    """Yield the leaves that differ, each as ``path: before -> after``."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _differences(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif not _same(before, after):
        yield f"{path}: {' -> '.join(_apart(before, after))}"


def _same(one: object, other: object) -> bool:
    """Return whether two values are the same JSON: 4 and 4.0 are not, nor are 1 and true."""
    return canonical(one) == canonical(other)


def _apart(before: object, after: object) -> tuple[str, str]:
    """Return two values so that the difference can be seen: long texts from a little before where they part."""
    if isinstance(before, str) and isinstance(after, str):
        pairs = zip(before, after, strict=False)
        at = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
        start = max(0, at - _LENGTH // 3)
        if start and max(len(before), len(after)) > _LENGTH:
            return _short("…" + before[start:]), _short("…" + after[start:])
    return _short(before), _short(after)


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
