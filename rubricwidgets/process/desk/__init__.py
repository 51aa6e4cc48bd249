"""The author's desk: prompts are written and models attacked in conversations with models that a researcher supplies."""
