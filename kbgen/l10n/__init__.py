"""Translations: which are behind their original, section by section, and what a team has in which language.  Values in, values out."""
