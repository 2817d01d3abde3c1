"""Fields out of documents: evidence first, the model where its vote could matter, pictures where the file has no text."""
