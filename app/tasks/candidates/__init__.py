"""The places of a document that could answer a field, and the kinds of value that a field asks for."""
