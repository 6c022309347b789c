"""
First files: a knowledge base that builds at once, and articles with ids of their own.

`texts/<locale>/` holds what `kbgen init` writes below `content/<locale>/`: a category and an article, translated.
`ci/<forge>/` and `ci/all/` hold what `kbgen init --ci` writes at the top of a repository.
"""

from kbgen.start.article import new
from kbgen.start.knowledge_base import init
from kbgen.start.pipelines import pipelines
from kbgen.start.words import StartError, new_id, slug_of

__all__ = ["StartError", "init", "new", "new_id", "pipelines", "slug_of"]
