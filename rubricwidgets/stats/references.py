"""The works that a report cites, by what they are cited for."""

from __future__ import annotations

REFERENCES: dict[str, str] = {
    "Krippendorff 2019": "Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology, 4th edition. Sage.",
    "Efron and Tibshirani 1993": (
        "Efron, B., and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall."
    ),
    "Shrout and Fleiss 1979": (
        "Shrout, P. E., and Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability. "
        "Psychological Bulletin, 86, 420-428."
    ),
    "Brennan 2001": "Brennan, R. L. (2001). Generalizability Theory. Springer.",
    "Student 1908": "Student (1908). The probable error of a mean. Biometrika, 6, 1-25.",
    "Cameron et al. 2011": (
        "Cameron, A. C., Gelbach, J. B., and Miller, D. L. (2011). Robust inference with multiway clustering. Journal of "
        "Business and Economic Statistics, 29, 238-249."
    ),
    "Holm 1979": (
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, 6, 65-70."
    ),
    "Bates et al. 2015": (
        "Bates, D., Maechler, M., Bolker, B., and Walker, S. (2015). Fitting linear mixed-effects models using lme4. Journal of "
        "Statistical Software, 67(1)."
    ),
    "Cohen 1988": "Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd edition. Erlbaum.",
    "McGraw and Wong 1992": (
        "McGraw, K. O., and Wong, S. P. (1992). A common language effect size statistic. Psychological Bulletin, 111, 361-365."
    ),
    "Bradley and Terry (1952)": (
        "Bradley, R. A., and Terry, M. E. (1952). Rank analysis of incomplete block designs: I. The method of paired comparisons. "
        "Biometrika, 39, 324-345."
    ),
    "Davidson's (1970)": (
        "Davidson, R. R. (1970). On extending the Bradley-Terry model to accommodate ties in paired comparison experiments. "
        "Journal of the American Statistical Association, 65, 317-328."
    ),
    "Plackett (1975)": "Plackett, R. L. (1975). The analysis of permutations. Applied Statistics, 24, 193-202.",
    "Luce (1959)": "Luce, R. D. (1959). Individual Choice Behavior: A Theoretical Analysis. Wiley.",
    "Kendall and Babington Smith 1939": (
        "Kendall, M. G., and Babington Smith, B. (1939). The problem of m rankings. Annals of Mathematical Statistics, 10, 275-287."
    ),
    "Saal et al. 1980": (
        "Saal, F. E., Downey, R. G., and Lahey, M. A. (1980). Rating the ratings: assessing the psychometric quality of rating "
        "data. Psychological Bulletin, 88, 413-428."
    ),
    "Calderon et al. 2025": (
        "Calderon, N., Reichart, R., and Dror, R. (2025). The alternative annotator test for LLM-as-a-judge: how to "
        "statistically justify replacing human annotators with LLMs. Proceedings of ACL 2025, 16051-16081."
    ),
}


def cited(texts: list[str]) -> list[str]:
    """Return the references that texts cite, in the order of the alphabet."""
    whole = " ".join(texts)
    return sorted(full for short, full in REFERENCES.items() if short in whole)
