"""The documentation names everything that a user can type, and nothing that is not there."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from feedback_service.cli import main as service
from kbgen.cli import main
from kbgen.config import CategoryFile, Config
from kbgen.explain import rules
from kbgen.model import Head
from kbgen.schema import schemas

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
COMMANDS = sorted(main.commands)
EXITS = frozenset({"build", "check"})  # commands whose exit code says more than "done" or "wrong usage"

_FENCED = re.compile(r"^[ ]*(`{3,}).*?^[ ]*\1[ ]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_RULE = re.compile(r"\bKB\d{3}\b")


def text_of(name: str) -> str:
    """Read a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def written(name: str, text: str) -> bool:
    """Say whether a name stands in a text as code, alone or with what follows it, not as part of a longer name."""
    return re.search(rf"`[^`\n]*(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)[^`\n]*`", text) is not None


def section(text: str, heading: str) -> str:
    """Return what stands below a heading, up to the next heading of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}\s*$", text, re.MULTILINE)

    assert found, f"there is no heading {heading!r}"

    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(text, found.end())
    return text[found.end() : end.start() if end else len(text)]


def shapes(kind: object) -> Iterator[type]:
    """Yield the dataclasses inside a type."""
    if is_dataclass(kind) and isinstance(kind, type):
        yield kind
    elif isinstance(kind, types.UnionType) or typing.get_origin(kind):
        for part in typing.get_args(kind):
            yield from shapes(part)


def names(shape: type, prefix: str = "") -> Iterator[str]:
    """Yield the fields of a dataclass and of those inside it, "review.every"."""
    hints = typing.get_type_hints(shape)
    for field in fields(shape):
        yield prefix + field.name
        for inner in shapes(hints[field.name]):
            yield from names(inner, f"{prefix}{field.name}.")


def settings() -> list[tuple[str, str]]:
    """Return (table, key) of every setting of kbgen.toml."""
    hints = typing.get_type_hints(Config)
    return [(table.name, key) for table in fields(Config) for inner in shapes(hints[table.name]) for key in names(inner)]


def parts(command: click.Command) -> list[click.Command]:
    """Return a command with those below it, such as `kbgen l10n status`."""
    return [command, *(command.commands.values() if isinstance(command, click.Group) else ())]


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as forges make them."""
    titles = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    plain = [re.sub(r"[^\w\s-]", "", title.replace("`", "").lower()) for title in titles]
    return frozenset(re.sub(r"\s", "-", title.strip()) for title in plain)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_operators_page(name):
    """A command has a section of its own in docs/operator.md, and each of its options and arguments stands in it."""
    text = section(text_of("operator.md"), f"kbgen {name}")
    missing = []
    for parameter in (one for part in parts(main.commands[name]) for one in part.params):
        wanted = (
            parameter.opts if isinstance(parameter, click.Option) else [(parameter.metavar or parameter.name or "").upper().strip("[]. ")]
        )
        missing += [one for one in wanted if not re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)]

    assert not missing, f"docs/operator.md, kbgen {name}: {', '.join(missing)}"


def test_the_options_of_all_commands_are_in_the_operators_page():
    """What stands before the command is documented too."""
    text = text_of("operator.md")
    missing = [one for parameter in main.params for one in parameter.opts if not written(one, text)]

    assert not missing, missing


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(name):
    """--help says what a command does, shows an example, and tells exit codes where they carry a message; each option is explained."""
    command = main.commands[name]
    help_text = command.help or ""
    silent = [one.opts[0] for part in parts(command) for one in part.params if isinstance(one, click.Option) and not one.help]

    assert len(help_text.split("\n\n")[0].split()) > 3
    assert "Example" in help_text
    assert f"kbgen {name}" in help_text.partition("Example")[2]
    assert "Exit codes:" in help_text or name not in EXITS
    assert not silent
    assert all("Example" in (part.help or "") for part in parts(command))


@pytest.mark.parametrize(("table", "key"), settings())
def test_every_setting_is_in_the_operators_page(table, key):
    """Each key of kbgen.toml stands in the section of its table."""
    text = section(text_of("operator.md"), f"[{table}]" if table != "locales" else "[locales.TAG]")

    assert written(key, text), f"docs/operator.md does not explain {table}.{key}"


def test_every_key_of_a_category_is_in_the_leads_page():
    """Each key of _category.toml is explained to those who write it."""
    text = section(text_of("lead.md"), "Categories")
    missing = [one.name for one in fields(CategoryFile) if not written(one.name, text)]

    assert not missing, missing


@pytest.mark.parametrize("name", list(names(Head)))
def test_every_field_of_front_matter_is_in_the_writers_page(name):
    """Each field, and each part of a field, stands in the writer's table."""
    text = section(text_of("writer.md"), "Front matter")

    assert written(name, text), f"docs/writer.md does not explain {name}"


@pytest.mark.parametrize("name", ["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"])
def test_every_kind_has_its_expectations_in_the_writers_page(name):
    """A writer finds what each kind of article is expected to hold."""
    assert written(name, section(text_of("writer.md"), "Kinds of articles"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page):
    """A link of the documentation leads to a file of the repository and to a heading that it has."""
    text = re.sub(r"`[^`\n]*`", "", _FENCED.sub("", page.read_text(encoding="utf-8")))
    wrong = []
    for written_address in _LINK.findall(text):
        if re.match(r"[a-z]+:", written_address):
            continue
        path, _, anchor = unquote(written_address).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or not target.is_relative_to(ROOT):
            wrong.append(f"{written_address}: no such file")
        elif anchor and anchor not in anchors(target):
            wrong.append(f"{written_address}: no such heading")

    assert not wrong, f"{page.name}: {'; '.join(wrong)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rules_that_are_named_exist(page):
    """A rule that the documentation names can be looked up by `kbgen explain`."""
    unknown = sorted(set(_RULE.findall(page.read_text(encoding="utf-8"))) - set(rules()))

    assert not unknown, f"{page.name}: {', '.join(unknown)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page):
    """A command line in a block of code names a command and options that kbgen has."""
    lines = [line for block in _FENCED.finditer(page.read_text(encoding="utf-8")) for line in block[0].splitlines()]
    wrong = []
    for line in lines:
        for call in re.findall(r"(?:^|[\s/(])kbgen((?: +[^\s|;&)#]+)+)", line.split("  #")[0]):
            words = [word for word in call.split() if word != "--traceback"]
            name = words[2] if words[:1] == ["-C"] else words[0] if words else ""
            if name in main.commands:
                known = {one for part in parts(main.commands[name]) for parameter in part.params for one in parameter.opts} | {
                    "-h",
                    "--help",
                }
                wrong += [f"kbgen {name} {word}" for word in words if word.startswith("--") and word.split("=")[0] not in known]

    assert not wrong, f"{page.name}: {', '.join(wrong)}"


def test_the_readme_has_two_commands_and_a_picture():
    """A newcomer finds ./dev demo, ./dev test and a picture, of at most 250 kB, in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = [ROOT / one for one in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)]

    assert "./dev demo" in text
    assert "./dev test" in text
    assert pictures
    assert all(picture.stat().st_size <= 250_000 for picture in pictures)


def test_the_changelog_has_one_sentence_a_line():
    """Each entry of the changelog is one sentence below one of the headings of Keep a Changelog."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line.startswith("-")]

    assert "## [Unreleased]" in lines
    assert {line[4:] for line in lines if line.startswith("### ")} <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert entries
    assert [line for line in entries if not re.fullmatch(r"- [^.]*(?:\.[^\s][^.]*)*\.", line)] == []


def test_the_schemas_that_the_writers_page_names_are_written():
    """The files that `kbgen schema` writes have the names that the documentation tells editors."""
    text = text_of("writer.md") + text_of("operator.md")

    assert [name for name in schemas() if name not in text] == []


def service_commands(group: click.Group = service, name: str = "feedback-service") -> Iterator[tuple[str, click.Command]]:
    """Yield the commands of the service with their full names."""
    for word, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from service_commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", command


@pytest.mark.parametrize(("name", "command"), list(service_commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_command_and_option_of_the_service_is_documented(name: str, command: click.Command) -> None:
    """Each is named as it is typed, on the operator's or the lead's page, and each has help with an example."""
    text = text_of("operator.md") + text_of("lead.md")
    missing = [one for option in command.params if isinstance(option, click.Option) for one in option.opts if not written(one, text)]

    assert re.search(rf"{name}\b", text) or written(name.removeprefix("feedback-service "), text), f"{name} is not documented"
    assert not missing, f"{name}: {', '.join(missing)}"
    assert "Example" in (command.help or ""), f"{name} has no example"
