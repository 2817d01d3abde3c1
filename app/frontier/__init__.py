"""Services that run larger models: their protocols, prices and keys, and the one who asks them."""
