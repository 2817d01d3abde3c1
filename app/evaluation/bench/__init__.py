"""Speed against other ways to run the same model: the same documents, fields and file, in turn, in one run."""
