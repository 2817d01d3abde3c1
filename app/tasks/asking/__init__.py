"""What the tasks need from a model, and how it is asked."""
