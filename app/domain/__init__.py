"""The words of the product as immutable values, and pure functions on them. No I/O."""
