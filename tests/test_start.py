"""First files: what init and new write builds at once, and what cannot be used is refused in words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from kbgen.cli import main
from kbgen.head.names import slug_fault
from kbgen.start import slug_of
from kbgen.start.knowledge_base import TEXTS

ROOT = Path(__file__).resolve().parents[1]


def run(*words: str) -> tuple[int, str]:
    """Run a command in this process: exit code, what was printed."""
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge base as init leaves it."""
    run("init", str(tmp_path / "help"), "--locale", "en", "--locale", "fa")
    return tmp_path / "help"


def started(folder: Path, *locales: str) -> str:
    """Start a knowledge base in these locales and return what was told."""
    code, told = run("init", str(folder), *(word for tag in locales for word in ("--locale", tag)))
    assert code == 0, told
    return told


def texts_of(folder: Path, name: str) -> dict[str, str]:
    """Return the text of the one file of this name, or the one article, of each locale."""
    return {path.relative_to(folder / "content").parts[0]: path.read_text(encoding="utf-8") for path in folder.glob(f"content/*/*/{name}")}


@pytest.mark.parametrize("locales", [(), ("ca", "fa"), ("zh-Hant",), ("en", "en", "ro"), ("pt-BR", "en"), ("en", "pt-BR")], ids=str)
def test_a_new_knowledge_base_builds_at_once(tmp_path, locales):
    """In an empty folder, in any languages, what init writes has no problem, warnings included."""
    options = [word for tag in locales for word in ("--locale", tag)]
    made = run("init", str(tmp_path / "help"), "--title", 'The "Lamp" \\ help', *options)
    strict = ["--strict"] if "pt-BR" not in locales else []  # the theme has no words for it
    checked = run("-C", str(tmp_path / "help"), "check", "--jobs", "1", *strict)
    built = run("-C", str(tmp_path / "help"), "build", "--jobs", "1")
    pages = tmp_path / "help/dist"

    assert made[0] == 0, made
    assert checked[0] == 0, checked
    assert built[0] == 0, built
    assert "KB410" not in checked[1]
    assert all(list((pages / tag).glob("*/*/index.html")) for tag in locales or ("en",))
    assert tomllib.loads((tmp_path / "help/kbgen.toml").read_text(encoding="utf-8"))["site"]["title"] == 'The "Lamp" \\ help'


def test_every_language_is_started(tmp_path):
    """Each language of the theme gets a category and an article of its own, one id for all, which no other knowledge base has."""
    started(tmp_path / "a", "ro", "en", "ca", "fa", "zh-Hant")
    started(tmp_path / "b", "en")
    articles = texts_of(tmp_path / "a", "*.md")
    ids = {text.split()[2] for text in articles.values()}

    assert set(articles) == {path.stem for path in (ROOT / "themes/default/words").glob("*.toml")}
    assert len(ids) == 1
    assert len(set(articles.values())) == len(set(texts_of(tmp_path / "a", "_category.toml").values())) == len(articles)
    assert all("\nstatus: published\n" in text for text in articles.values())
    assert ids.isdisjoint(text.split()[2] for text in texts_of(tmp_path / "b", "*.md").values())
    assert "kb-starter" not in "".join(articles.values())


@pytest.mark.parametrize("locale", ["en", "ca", "ro", "fa", "zh-Hant"])
def test_the_first_articles_say_the_same(locale):
    """The text of each language has the steps, the bold words, the heading and the front matter of the English one."""
    english, other = (next((TEXTS / tag).glob("*/*.md")).read_text(encoding="utf-8") for tag in ("en", locale))
    count = [(sign, english.count(sign)) for sign in ("\n1. ", "\n2. ", "\n3. ", "\n## ", "id: ", "kind: guide", "keywords: ", "\n")]

    assert [(sign, other.count(sign)) for sign, _ in count] == count
    assert other.count("**") >= 6


def test_a_language_without_a_text_waits_for_its_translator(tmp_path):
    """There is no German text: the default language's stands there as a draft, which is told, and no customer meets it as German."""
    told = started(tmp_path, "ca", "de")
    draft = tmp_path / "content/de/primers-passos/inicia-la-sessio.md"

    assert f"{draft} is a draft in another language" in told
    assert "status: draft" in draft.read_text(encoding="utf-8")
    assert texts_of(tmp_path, "*.md")["de"].replace("draft", "published") == texts_of(tmp_path, "*.md")["ca"]


def test_a_dialect_gets_the_text_of_its_language(tmp_path):
    """Moldova's Romanian is started in Romanian."""
    started(tmp_path, "en", "ro-MD")

    assert "Prima autentificare" in texts_of(tmp_path, "*.md")["ro-MD"]
    assert tomllib.loads((tmp_path / "kbgen.toml").read_text(encoding="utf-8"))["locales"]["ro-MD"] == {"title": "Ajutor", "fallback": "en"}


@pytest.mark.parametrize("title", ["Lamps", None])
def test_each_language_has_a_title(tmp_path, title):
    """A title that was asked for stands in all languages; without one, each says "help" in its own words."""
    run("init", str(tmp_path), "--locale", "fa", "--locale", "en", *(["--title", title] if title else []))
    settings = tomllib.loads((tmp_path / "kbgen.toml").read_text(encoding="utf-8"))

    assert settings["site"] == {"title": title or "راهنما", "default_locale": "fa"}
    assert settings["locales"]["en"].get("title") == (None if title else "Help")


def test_a_language_can_be_started_later(root):
    """Once the settings name it, init starts it with the id of the first article, and leaves the others as they are."""
    before = texts_of(root, "*.md")
    refused = run("init", str(root), "--locale", "ro")
    with (root / "kbgen.toml").open("a", encoding="utf-8") as file:
        file.write('\n[locales.ro]\nfallback = "en"\n')
    told = started(root)
    after = texts_of(root, "*.md")

    assert refused[0] == 2
    assert "[locales.ro]" in refused[1]
    assert told.count("wrote ") == 2
    assert {tag: after[tag] for tag in before} == before
    assert after["ro"].split()[2] == after["en"].split()[2]


def test_a_knowledge_base_with_articles_of_its_own_gets_no_first_article(tmp_path):
    """Customers of a portal that stands never meet an article about a welcome message that nobody sends."""
    (tmp_path / "content/en/lamps").mkdir(parents=True)
    (tmp_path / "content/en/lamps/pair.md").write_text("---\ntitle: Pair\n---\nText.\n", encoding="utf-8")
    told = started(tmp_path, "en", "fa")

    assert told.count("wrote ") == 2
    assert list(texts_of(tmp_path, "*.md")) == ["en"]
    assert "nothing was written" in started(tmp_path)


def test_init_overwrites_nothing(root):
    """A second run leaves every file as it is and writes what is missing."""
    (root / "kbgen.toml").write_text('[site]\ntitle = "Mine"\n')
    (root / ".gitignore").unlink()
    code, told = run("init", str(root))

    assert code == 0
    assert told.count("wrote ") == 1
    assert (root / "kbgen.toml").read_text() == '[site]\ntitle = "Mine"\n'


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (("--locale", "xx-nowhere"), "CLDR"),
        (("--locale", "../up"), "Write a language"),
        (("--locale", "en", "--locale", "zh-hant"), "Write  zh-Hant"),
        (("--locale", "PT_br"), "Write  pt-BR"),
        (("--title", " "), "few words"),
        (("--title", "a\x07b"), "few words"),
    ],
    ids=str,
)
def test_init_refuses_what_it_cannot_use(tmp_path, options, remedy):
    """A language that the settings would refuse, or an empty title, is wrong usage; what to type is told, and nothing is written."""
    code, told = run("init", str(tmp_path / "help"), *options)

    assert code == 2, told
    assert remedy in told
    assert not (tmp_path / "help").exists()


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Reset your password!", "reset-your-password"),
        ("Restabliu la contrasenya: què cal?", "restabliu-la-contrasenya-que-cal"),
        ("Șterge contul tău", "sterge-contul-tau"),
        ("رمز عبور را می\u200cخواهم؟", "رمز-عبور-را-می\u200cخواهم"),
        ("重設密碼（忘記）", "重設密碼-忘記"),
        ("हिन्दी में", "हिन्दी-में"),
        ("İstanbul'da", "istanbul-da"),
        ("e\u0301te\u0301", "ete"),
        ("🎉", "article"),
        ("con", "article-con"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 100, "a" * 60),
    ],
)
def test_file_names_keep_their_script(title, slug):
    """A title becomes a name that the checks accept, in its own script."""
    assert slug_of(title) == slug
    assert slug_fault(slug) == ("", "")
    assert slug_fault(slug_of("密" * 90)) == ("", "")


@pytest.mark.parametrize("kind", ["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"])
def test_a_new_article_of_each_kind_has_no_error(root, kind):
    """What new writes is a draft that passes the checks but for what only a writer can add."""
    code, told = run("-C", str(root), "new", 'How to "pair": a lamp', "--category", "first-steps/lamps", "--kind", kind)
    path = root / told.split()[1]
    text = path.read_text(encoding="utf-8")
    checked = run("-C", str(root), "check", "--jobs", "1", str(path))

    assert code == 0
    assert path == root / "content/en/first-steps/lamps/how-to-pair-a-lamp.md"
    assert f"kind: {kind}\nstatus: draft\n" in text
    assert checked[0] == 0 or kind == "video", checked


def test_a_translation_takes_id_and_kind(root):
    """--id joins two languages and brings the kind along, unless --kind says another; --locale chooses the folder."""
    original = run("-C", str(root), "new", "Signing in", "-c", "first-steps", "-k", "faq")[1].split()[1]
    key = (root / original).read_text(encoding="utf-8").split()[2]
    code, told = run("-C", str(root), "new", "ورود", "-c", "first-steps", "-l", "fa", "--id", key)
    text = (root / told.split()[1]).read_text(encoding="utf-8")

    assert code == 0
    assert f"id: {key}\n" in text
    assert "kind: faq\n" in text
    assert "## First question?" in text
    assert told.split()[1] == "content/fa/first-steps/ورود.md"


def test_an_id_of_this_locale_or_of_no_article_is_refused(root):
    """A second article with an id would be KB401, and an id that is misspelt would translate nothing."""
    (root / "content/en/first-steps/more.md").write_text("---\ntitle: More\nid: 'kb-pairlamp'\n---\nText.\n", encoding="utf-8")
    taken = run("-C", str(root), "new", "A", "-c", "x", "--id", "kb-pairlamp")
    slip = run("-C", str(root), "new", "A", "-c", "x", "-l", "fa", "--id", "kb-pairlmp")
    none = run("-C", str(root), "new", "A", "-c", "x", "-l", "fa", "--id", "quite-another")

    assert {taken[0], slip[0], none[0]} == {2}
    assert "content/en/first-steps/more.md has the id kb-pairlamp already" in taken[1]
    assert "Did you mean  kb-pairlamp?" in slip[1]
    assert "No article has the id quite-another" in none[1]
    assert not (root / "content/en/x").exists()


def test_a_new_category_is_said(root):
    """A misspelt category is seen at once: its folder is told to be new."""
    fresh = run("-C", str(root), "new", "A", "-c", "frist-steps")[1]
    known = run("-C", str(root), "new", "A", "-c", "first-steps")[1]

    assert "content/en/frist-steps is a new category" in fresh
    assert "new category" not in known


@pytest.mark.parametrize(("status", "severity"), [("draft", "warning"), ("published", "error")])
@pytest.mark.parametrize("kind", ["guide", "manual"])
def test_what_is_left_of_the_outline_is_told(root, kind, status, severity):
    """KB238: nobody publishes the words that `kbgen new` wrote."""
    path = root / run("-C", str(root), "new", "Lamps", "-c", "first-steps", "-k", kind)[1].split()[1]
    path.write_text(path.read_text(encoding="utf-8").replace("status: draft", f"status: {status}"), encoding="utf-8")
    told = run("-C", str(root), "check", "--jobs", "1")[1]

    assert told.count(f"{severity} KB238") == (2 if kind == "manual" else 1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Sign in", "-c", "first-steps"), "exists already"),
        (("A", "-c", "../outside"), "cannot be a category"),
        (("A", "-c", "_snippets"), "cannot be a category"),
        (("A", "-c", "a/images"), "cannot be a category"),
        (("A", "-c", "a b/c"), "a b holds a space. Write  a-b/c"),
        (("A", "-c", "x/Sign-In"), "Sign-In has capital letters. Write  x/sign-in"),
        (("A", "-c", "search"), "portal itself"),
        (("A", "-c", "/"), "empty"),
        (("A", "-c", "x", "-l", "de"), "no locale de. It has: en, fa"),
        (("A", "-c", "x", "--id", "No Id"), "No article has the id No Id"),
        ((" ", "-c", "x"), "title cannot be used"),
        (("b" * 121, "-c", "x"), "the limit is 120"),
        (("A", "-c", "x", "-k", "poem"), "poem"),
    ],
    ids=str,
)
def test_new_refuses_what_it_cannot_use(root, words, told):
    """Each refusal is wrong usage, says what to type instead, and writes nothing."""
    before = sorted(root.rglob("*"))
    code, text = run("-C", str(root), "new", *words)

    assert code == 2
    assert told in text
    assert sorted(root.rglob("*")) == before


def test_new_says_when_the_settings_are_broken(root):
    """A kbgen.toml that is no TOML is told, with the way to see the place."""
    (root / "kbgen.toml").write_text("[site\n")
    code, text = run("-C", str(root), "new", "A", "-c", "x")

    assert code == 2
    assert "kbgen check" in text
