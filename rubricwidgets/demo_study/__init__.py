"""The study that ships with the package: everyday tasks, responses with known flaws, gold scores with explanations.

Prompts, responses and scores were written for this package; the models are fictional. ``metadata["flaw"]`` of each
response says what is wrong with it: its ``kind`` (``"none"`` where nothing is) and, in a sentence, ``what``.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from rubricwidgets.errors import StudyChangedError, known_keywords
from rubricwidgets.item_records import read_items
from rubricwidgets.rubric import Rubric
from rubricwidgets.study import Study
from rubricwidgets.study_opening import next_name

if TYPE_CHECKING:
    from pathlib import Path

    from rubricwidgets.process.plan import Plan
    from rubricwidgets.store.base import Store


@known_keywords
def demo(name: str = "demo", *, plan: Plan | None = None, store: Store | str | Path | None = None) -> Study:
    """Open the demo study, or resume it.

    Parameters
    ----------
    name
        What it is called, and what its file is named after.
    plan, store
        As for :class:`Study`: without a store it is saved in ``<name>.rubric.db`` in the current folder, and calling
        again resumes it; ``store="memory"`` leaves no file.

    Returns
    -------
    Study
        27 items of two or three responses by three fictional models, a rubric of five anchored dimensions, and gold
        for every response. By gold, aster is better than birch and birch better than cedar, each with items that it wins.

    Raises
    ------
    StudyChangedError
        If the store has a study of that name with other items (the demo of another version of this package, say) or
        another plan; names what changed and how to go on.

    Examples
    --------
    >>> study = demo(store="memory")
    >>> len(study), study.rubric.names[0]
    (27, 'accuracy')
    >>> study.item("python-median").responses[2].metadata["flaw"]["kind"]
    'edge case'

    """
    folder = files(__name__)
    with as_file(folder / "items.jsonl") as items_file, as_file(folder / "rubric.yaml") as rubric_file:
        items, rubric = read_items(items_file), Rubric.read(rubric_file)
    try:
        return Study(name, items=items, rubric=rubric, plan=plan, store=store)
    except StudyChangedError as error:
        where = "" if store is None else ", store=..."
        msg = (
            f"{error}\nIf an earlier version of this package made it: demo({next_name(name)!r}{where}) starts the present "
            f"demo beside it, and Study({name!r}{where}) opens it as it was."
        )
        raise StudyChangedError(msg) from None
