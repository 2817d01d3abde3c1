"""What a larger model would be asked: the open questions and the few lines that they need."""
