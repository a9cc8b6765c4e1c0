"""The pages of letters: what is due, one letter, runs, texts, blank forms."""
