"""What speaks for and against each candidate, and the fitted weights that turn it into one number."""
