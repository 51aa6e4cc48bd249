"""Tables of Brennan, Generalizability Theory, 2001, typed in."""

from __future__ import annotations

import polars as pl

# Table 3.2, synthetic data set no. 4: p x (r:t); for each task, a row of ten persons for each of four raters.
_SYNTHETIC_4 = {
    1: [
        [5, 9, 3, 7, 9, 3, 7, 5, 9, 4],
        [6, 3, 4, 5, 2, 4, 3, 8, 9, 4],
        [5, 7, 3, 5, 9, 3, 7, 5, 8, 4],
        [5, 7, 3, 3, 7, 5, 7, 7, 8, 3],
    ],
    2: [
        [5, 7, 5, 3, 7, 3, 7, 7, 6, 3],
        [3, 5, 3, 1, 7, 3, 5, 5, 6, 5],
        [4, 5, 3, 4, 3, 6, 5, 5, 6, 6],
        [5, 5, 5, 3, 7, 3, 7, 4, 5, 5],
    ],
    3: [
        [6, 7, 6, 5, 2, 4, 5, 3, 5, 5],
        [7, 7, 5, 3, 7, 5, 5, 2, 8, 7],
        [3, 5, 1, 3, 5, 1, 5, 1, 1, 1],
        [3, 2, 6, 5, 3, 2, 4, 1, 1, 1],
    ],
}
SYNTHETIC_4 = pl.DataFrame(
    [
        {"Task": outer, "Rater": inner, "Person": person, "Score": score}
        for outer, rows in _SYNTHETIC_4.items()
        for inner, row in enumerate(rows, 1)
        for person, score in enumerate(row, 1)
    ]
)

# Rajaratnam, Cronbach and Gleser 1965: p x (i:h); for each subtest, a row of eight persons for each item.
_RAJARATNAM = {
    1: [
        [4, 2, 2, 1, 3, 1, 3, 0],
        [5, 1, 4, 3, 3, 2, 5, 1],
    ],
    2: [
        [3, 2, 4, 5, 6, 5, 6, 1],
        [3, 3, 7, 4, 7, 6, 8, 2],
        [5, 1, 6, 5, 5, 4, 6, 0],
        [4, 4, 5, 5, 7, 4, 7, 4],
    ],
    3: [
        [5, 4, 8, 4, 8, 5, 7, 7],
        [7, 6, 7, 5, 9, 6, 8, 8],
    ],
}
RAJARATNAM = pl.DataFrame(
    [
        {"Subtest": outer, "Item": inner, "Person": person, "Score": score}
        for outer, rows in _RAJARATNAM.items()
        for inner, row in enumerate(rows, 1)
        for person, score in enumerate(row, 1)
    ]
)
