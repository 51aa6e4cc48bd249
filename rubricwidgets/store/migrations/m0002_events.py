"""The append-only log of what happens at the author's desk: turns, replies and judgements of conversations.

Times are microseconds since 1970 in UTC; the payload is a JSON object whose shape its kind gives.
"""

STATEMENTS = (
    """
    CREATE TABLE events (
        seq {sequence},
        study TEXT NOT NULL REFERENCES studies (id),
        id TEXT NOT NULL,
        rater TEXT NOT NULL,
        conversation TEXT NOT NULL,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        received_at BIGINT NOT NULL,
        UNIQUE (study, id)
    )
    """,
    "CREATE INDEX events_by_conversation ON events (study, rater, conversation, seq)",
)
