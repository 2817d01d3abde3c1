"""Models of the window: they show domain values and give signals out; they do not fetch."""
