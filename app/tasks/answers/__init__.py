"""From candidates to answers: which fit together, what the checks say, and how sure one may be."""
