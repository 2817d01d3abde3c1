"""A class for a document: by a head learnt from examples, or scored by the model."""
