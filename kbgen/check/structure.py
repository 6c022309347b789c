"""KB23x, KB24x: what an article of each kind is expected to have.  All but KB238 are warnings: a writer may know better."""

from __future__ import annotations

from collections.abc import Iterator

from kbgen.model import Article, Problem, Severity, Site
from kbgen.outline import DESCRIPTION, STAND_INS

RULES = {
    "KB230": "A guide without numbered steps. Readers of a guide want to do something: tell them what to do first, second, third.",
    "KB231": "An article without keywords. Keywords are the words that customers use and the text does not; search finds the article "
    "by them.",
    "KB232": "An article of kind faq without a second-level heading, or with headings that nothing follows. Each `## Question?` is "
    "answered below it.",
    "KB233": "An article of kind troubleshooting is expected to have three second-level headings at least: symptom, cause, solution.",
    "KB234": "An article of kind video without `video:` in its front matter.",
    "KB235": "A manual with fewer than three chapters. Perhaps it is a guide.",
    "KB236": "A guide that ends with its last step. Say in one paragraph what happens next, or what to do if it did not work.",
    "KB239": "A film without a transcript. Who cannot watch or listen, and search, read it: name a Markdown or text file under `video: "
    "transcript:`.",
    "KB240": "An article of kind exercise is expected to hold the case, the article that answers it, as a link, and the reply to send, "
    "each below a heading of its own.",
    "KB241": "A canned reply with a heading or a picture, which would reach the customer as plain text. Write it as one would "
    "write a letter.",
    "KB237": "An article without text.",
    "KB238": "Words of the outline that `kbgen new` wrote still stand: its description, or a heading such as `## First question?`. A "
    "warning in an article that is being written, an error in a published one.",
}

OUTLINE = 40  # words up to which an exercise is still that of `kbgen new`, which knows no article to link to
LONG = 80  # words from which a guide is expected to have steps


def check(site: Site) -> Iterator[Problem]:
    """Yield what the articles lack."""
    for place in site.places.values():
        if not place.fallback:
            yield from _article(place.article)
    for article in site.by_path.values():
        yield from _outline(article)
        if site.hidden.get((article.locale, article.head.id)) == "agents":
            yield from _article(article)


def _outline(article: Article) -> Iterator[Problem]:
    """Yield what `kbgen new` wrote and nobody has replaced; drafts too, so that it is seen before they are published."""
    left = [f"the description  {DESCRIPTION}"] if article.head.description.rstrip(". ") == DESCRIPTION else []
    left += [f"the heading  {heading.text}" for heading in article.body.headings if heading.text in STAND_INS][:1]
    severity: Severity = "error" if article.head.status == "published" else "warning"
    for what in left:
        message = f"{what}  is still that of the outline"
        yield Problem(article.path, 0, 0, "KB238", message, "Write your own in its place", severity)


def _article(article: Article) -> Iterator[Problem]:
    head, body = article.head, article.body
    chapters = [heading for heading in body.headings if heading.level == 2]  # noqa: PLR2004 - <h2>
    if not body.words and head.kind != "video":
        yield _lacks(article, "KB237", "this article has no text", "Write it, or leave it a draft")
        return
    if head.kind == "guide" and not body.steps and body.words > LONG:
        yield _lacks(article, "KB230", "this guide has no numbered steps", "Write what to do as  1.  2.  3.")
    if head.kind == "guide" and body.steps and not chapters:
        yield _lacks(article, "KB236", "this guide has no conclusion", "End with a heading such as  ## If it did not work")
    if not head.keywords and head.kind not in {"reply", "exercise"}:
        yield _lacks(article, "KB231", "this article has no keywords", "Add  keywords: [the, words, that, customers, use]")
    for one in body.questions:
        message = f"nothing answers the question  {one.question}"
        yield _lacks(article, "KB232", message, "Write the answer below its heading, or take the heading out")
    if head.kind == "faq" and not chapters:
        yield _lacks(article, "KB232", "this article has no questions", "Write each question as a heading:  ## How long does it take?")
    if head.kind == "troubleshooting" and len(chapters) < 3:  # noqa: PLR2004 - symptom, cause, solution
        yield _lacks(
            article,
            "KB233",
            "symptom, cause and solution are not told apart",
            "Write three headings, such as  ## Symptom  ## Cause  ## Solution",
        )
    if head.kind == "video" and head.video is None:
        yield _lacks(article, "KB234", "this article names no film", "Add  video: {src: media/film.webm}")
    if head.video is not None and not head.video.transcript:
        yield _lacks(article, "KB239", "this film has no transcript", "Add  transcript: media/film.en.md  under  video:")
    linked = body.words <= OUTLINE or any(link.kind != "asset" for link in body.links)
    if head.kind == "exercise" and (len(chapters) < 3 or not linked):  # noqa: PLR2004 - case, article, reply
        remedy = "Write three headings, and a link such as  [the article](kb:kb-refund)  below the second"
        yield _lacks(article, "KB240", "case, expected article and expected reply are not all there", remedy)
    if head.kind == "reply" and (chapters or body.images):
        yield _lacks(article, "KB241", "this reply holds a heading or a picture", "Write it as plain paragraphs")
    if head.kind == "manual" and len(chapters) < 3:  # noqa: PLR2004 - fewer is no manual
        yield _lacks(article, "KB235", "this manual has fewer than three chapters", "Write a second-level heading for each chapter")


def _lacks(article: Article, rule: str, message: str, remedy: str) -> Problem:
    return Problem(article.path, 0, 0, rule, message, remedy, "warning")
