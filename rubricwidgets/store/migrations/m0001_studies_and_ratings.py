"""The first shape: studies with their items and rubric, and the append-only log of ratings.

Times are microseconds since 1970 in UTC; answers are a JSON list (``rubricwidgets.store.base.ANSWER``).
"""

STATEMENTS = (
    """
    CREATE TABLE studies (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        rubric TEXT NOT NULL,
        items TEXT NOT NULL,
        plan TEXT NOT NULL,
        rubric_hash TEXT NOT NULL,
        items_hash TEXT NOT NULL,
        created_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE ratings (
        seq {sequence},
        study TEXT NOT NULL REFERENCES studies (id),
        id TEXT NOT NULL,
        item TEXT NOT NULL,
        rater TEXT NOT NULL,
        status TEXT NOT NULL,
        flagged INTEGER NOT NULL,
        note TEXT NOT NULL,
        reason TEXT NOT NULL,
        base TEXT,
        stale INTEGER NOT NULL,
        shown TEXT NOT NULL,
        position INTEGER,
        seconds DOUBLE PRECISION,
        submitted_at BIGINT,
        received_at BIGINT NOT NULL,
        rubric TEXT NOT NULL,
        tab TEXT NOT NULL,
        source TEXT NOT NULL,
        answers TEXT NOT NULL,
        UNIQUE (study, id)
    )
    """,
    "CREATE INDEX ratings_by_rater ON ratings (study, rater, item, seq)",
)
