"""Statistics over tidy frames; they know nothing of widgets or stores."""

from __future__ import annotations

from rubricwidgets.stats.describe import means, summary

__all__ = ["means", "summary"]
