"""What in a document is nobody else's business, and where it stands."""
