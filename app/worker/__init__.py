"""The sandboxed child processes that read documents and run the model, and the client that owns them."""
