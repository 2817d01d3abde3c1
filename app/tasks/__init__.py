"""How a task becomes tokens: prompts, grammars, decode plans, grounding, checks and confidence. Runs inside the model worker."""
