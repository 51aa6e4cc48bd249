"""The widgets: what a rater sees, and the kernel's half of the conversation with it."""
