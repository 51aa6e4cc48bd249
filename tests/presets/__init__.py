"""Ready rubrics."""
