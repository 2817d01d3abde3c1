"""What a text says by itself: folded words, word lists, sentences, its own passages, its facts. Knows no fields and no model."""
