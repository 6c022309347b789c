"""
First files: a knowledge base that builds at once, and articles with ids of their own.

`texts/<locale>/` holds what `kbgen init` writes below `content/<locale>/`: a category and an article, translated.
"""

from kbgen.start.article import new
from kbgen.start.knowledge_base import init
from kbgen.start.words import StartError, new_id, slug_of

__all__ = ["StartError", "init", "new", "new_id", "slug_of"]
