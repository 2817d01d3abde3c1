"""What a page says by its layout: where lines and columns stand, which words are labels, what a label announces."""
