"""Short summaries made of points that stand in the document."""
