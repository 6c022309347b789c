"""What each problem of this room means, in one paragraph, for `kbgen explain`."""

from __future__ import annotations

RULES = {
    "KB210": "A first-level heading in a body. The page's only first-level heading is the article's title, so the heading is shown "
    "one level lower. Write  ## Heading  instead of  # Heading .",
    "KB211": "A heading that skips a level, such as  ####  after  ## . People who listen to pages move by headings, and a missing "
    "level sounds like a missing part. Use one  #  more than the heading above, never two.",
    "KB213": "A nested list that begins further left than the text of the item above, such as two spaces below  1. Step . It becomes "
    "part of the outer list and looks flat. Four spaces are always enough.",
    "KB214": "A list right below a line of text that begins with another number than 1, or stands in a quotation. It is shown as part "
    "of the paragraph. Put an empty line before the list.",
    "KB302": "A link to an anchor that no heading of this article has. Anchors are made of the heading's words in lower case with "
    "hyphens, or set by hand: ## Heading {#anchor} .",
    "KB304": "An image without a description. People who cannot see it, and search, know nothing of it. Write  ![what it "
    "shows](image.png) , or, for an image that says nothing,  ![](image.png){: .decorative} .",
    "KB305": "An image from another host. Such a host learns who reads what, and the article breaks when it is gone. Put the file "
    "beside the article, or name the host under  [markdown] allowed_hosts  in kbgen.toml.",
    "KB306": "A name in double braces that content/_vars.toml does not have for this language. It is shown as it stands. Check the "
    "spelling, or add the name. To show braces on purpose put them into code:  `{{ name }}` .",
    "KB307": "A snippet that does not exist, that uses itself, or that is nested deeper than three. Snippets are the files in "
    "content/_snippets.",
    "KB308": "A video that cannot be shown: its host is not allowed, or its options are wrong. Local files need no permission; a "
    "host is allowed by naming it under  [markdown] allowed_hosts  in kbgen.toml. Options: poster, captions, transcript, "
    "duration.",
    "KB801": "HTML that articles may not hold. Scripts, styles, forms, frames and event handlers are taken out, because an article "
    "must never be able to run code in a reader's browser. Use Markdown, or ask for the element under  [markdown] "
    "allow_tags  in kbgen.toml.",
    "KB805": "A link whose address may not be used. Allowed are kb:ID, files beside the article, #anchors, http, https, mailto and "
    "tel. Addresses such as javascript: run code, and those that begin with // leave the portal. One that begins with / breaks when the "
    "portal moves to another folder: a warning, and the text stays without its link.",
    "KB807": "A character that cannot be seen, but changes how text is read: direction overrides, isolates left open, zero-width "
    "characters outside scripts that need them, control characters, or more than eight marks on one letter. Such characters "
    "hide text from reviewers. They are left out; delete them. Zero-width characters are a warning, for word processors leave them behind; "
    "all others are errors.",
}
