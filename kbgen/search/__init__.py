"""
Search without a server: the rule book of words, its counts, and the index that the browser reads.

`analyze` turns text into forms and counts them for one article; `index` makes the files of a locale, and `query` asks them.
"""
