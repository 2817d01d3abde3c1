"""The command line: the same program without its window. Prints results, never decides them."""
