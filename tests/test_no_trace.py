"""What only agents may read, or what is not published yet, leaves no trace: not one byte of it reaches the public portal."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from bad_inputs.tools import accepted, add, article, files_of
from PIL import Image

Make = Callable[..., Path]
CONFIG = '[site]\ntitle = "Help"\nbase_url = "https://help.example"\n[locales.en]\n[locales.ca]\nfallback = "en"\n[locales.fa]\nfallback = "en"\n[feedback]\nurl = "https://feedback.example"\n'
HIDDEN: Mapping[str, Mapping[str, str]] = {
    "agents": {"audience": "agents"},
    "exercise": {"kind": "exercise"},
    "reply": {"kind": "reply"},
    "draft": {"status": "draft"},
    "in review": {"status": "in_review"},
    "scheduled": {"publish_at": "2026-03-13T00:00:00Z"},
    "expired draft": {"status": "draft", "expire_at": "2026-03-01T00:00:00Z"},
    "draft for agents that expired": {"audience": "agents", "expire_at": "2026-03-01T00:00:00Z"},
    "archived for agents": {"audience": "agents", "status": "archived"},
}
PLANTS = (
    "planttitle", "plantdescription", "plantbody", "planttag", "plantkeyword", "plantalt", "plantsnippet", "plantfile", "plantpicture", "plantattachment",
    "plantattached", "plantheading", "plantalias", "plantsource", "plantauthor", "plantowner", "plantcode", "plantnote", "plantvalue", "plantfolder",
    "plantcategory", "planttranscript", "plantcaption", "plantid",
)  # fmt: skip


def turned(text: str) -> str:
    """Write each plant backwards: the index stores a word without what it shares with the word before, so plants must begin differently."""
    return re.sub("plant[a-z]+", lambda word: word[0][::-1], text)


def picture() -> bytes:
    """Make a PNG large enough for smaller copies, with a text of its own."""
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Comment", turned("plantpicture in the file"))
    file = io.BytesIO()
    Image.effect_noise((600, 300), 40).convert("RGB").save(file, "PNG", pnginfo=note)
    return file.getvalue()


def secret(**fields: str) -> str:
    """Write the article that nobody may see."""
    body = (
        "Begin plantbody here.\n\n{{ snippet hidden }}\n\n{{ hidden_value }}\n\n1. One\n2. Two\n\n## The plantheading {#plantanchor}\n\n"
        "![The plantalt](images/plantpicture.png)\n\n[Offer](files/plantattachment.txt)\n\n```text\nplantcode\n```\n\nA note.[^1]\n\n[^1]: The plantnote.\n\n"
        "[On](kb:kb-public)\n"
    )
    head = {
        "id": "kb-plantid",
        "title": "The planttitle",
        "description": "The plantdescription",
        "tags": "[planttag]",
        "keywords": "[plantkeyword]",
        "aliases": "[/en/plantalias/]",
        "authors": "[plantauthor]",
        "owner": "plantowner",
        "featured": "true",
        "sources": "[{title: plantsource, url: 'https://plantsource.example/'}]",
        "video": "{src: media/plantfilm.webm, transcript: media/planttranscript.md, captions: [{locale: en, src: media/plantcaption.vtt}]}",
    }
    return turned(article(body, **{**head, **fields}))


def files(**fields: str) -> dict[str, str | bytes]:
    """A site with one article that is hidden and two that are not."""
    folder = "content/en/plantfolder"
    plain: dict[str, str | bytes] = {
        "kbgen.toml": CONFIG,
        f"{folder}/plantfile.md": secret(**fields),
        f"{folder}/_category.toml": 'title = "The plantcategory"\nfeatured = ["kb-plantid"]\n',
        f"{folder}/images/plantpicture.png": picture(),
        f"{folder}/files/plantattachment.txt": "plantattached text",
        f"{folder}/media/plantfilm.webm": b"plantfilm bytes",
        f"{folder}/media/planttranscript.md": "planttranscript text",
        f"{folder}/media/plantcaption.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nplantcaption\n",
        "content/_snippets/en/hidden.md": "The plantsnippet text.\n",
        "content/_vars.toml": 'hidden_value = "plantvalue"\n',
        "content/en/account/public.md": article(id="kb-public", title="For everybody", related="[kb-plantid]"),
        "content/ca/compte/public.md": article(id="kb-public", title="Per a tothom", related="[kb-plantid]"),
    }
    return {
        turned(path): text if isinstance(text, bytes) or path.endswith("plantfile.md") else turned(text) for path, text in plain.items()
    }


def traces(folder: Path) -> set[str]:
    """Which plants stand in the names or the bytes of a folder."""
    found = set()
    for name, data in files_of(folder):
        text = data.lower() + name.lower().encode()
        found |= {plant for plant in (*PLANTS, "plantanchor", "plantfilm") if turned(plant)[2:].encode() in text}
    return found


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN.keys())
def test_hidden_articles_leave_no_trace(site_factory: Make, fields: Mapping[str, str]) -> None:
    """No name and no byte of the public portal, in any language, holds a word of a hidden article, its files or its category."""
    root = site_factory(files(**fields))
    built = accepted(root)

    assert traces(built.root / "dist") == set()
    assert "For everybody" in built.page("en/account/public")


@pytest.mark.parametrize(
    ("fields", "options"),
    [(HIDDEN["agents"], ("--audience", "agents")), (HIDDEN["draft"], ("--drafts",)), (HIDDEN["scheduled"], ("--drafts",))],
    ids=["agents", "drafts", "scheduled"],
)
def test_what_is_planted_is_there_for_those_who_may_see_it(site_factory: Make, fields: Mapping[str, str], options: tuple[str, ...]) -> None:
    """The same site for agents, or with drafts, holds every plant: so the search above would have found it."""
    built = accepted(site_factory(files(**fields)), *options)
    missing = set(PLANTS) - traces(built.root / "dist")

    assert missing <= {"plantauthor", "plantowner", "plantpicture"} - traces(built.root / "dist")
    assert {"planttitle", "plantbody", "plantsnippet", "plantkeyword", "plantattached", "planttranscript", "plantcategory"} <= traces(
        built.root / "dist"
    )


def test_going_back_leaves_no_trace(site_factory: Make) -> None:
    """What was published and is taken back is gone from the portal with the next build, whatever was remembered."""
    root = site_factory(files())
    accepted(root)
    shown = traces(root / "dist")
    accepted(root, "--audience", "agents")
    add(root, {turned("content/en/plantfolder/plantfile.md"): secret(audience="agents")})
    accepted(root)

    assert "planttitle" in shown
    assert traces(root / "dist") == set()
