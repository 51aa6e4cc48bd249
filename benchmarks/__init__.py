"""What is timed against peers, in one run: ``make bench``."""
