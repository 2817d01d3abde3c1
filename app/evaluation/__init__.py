"""Cases, runs and reports: how good a model is at a task."""
