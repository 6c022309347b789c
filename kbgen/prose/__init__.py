"""How a text reads: sentences, readability, spelling, the words that a team has agreed on."""
