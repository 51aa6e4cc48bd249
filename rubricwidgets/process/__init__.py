"""How a study runs: who sees what, and in which order."""
