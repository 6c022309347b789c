"""The front door: what each command prints, writes and answers."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kbgen.cli import main
from kbgen.explain import rules

GOOD = (
    "---\nid: kb-{key}\ntitle: {title}\ndescription: How to {title}\nstatus: published\nkeywords: [{key}]\n---\n"
    "1. Do it.\n\n## If it did not work\n\nWait.\n"
)
BAD = "---\nid: kb-bad\ntitel: Pair a lamp\n---\nText.\n"
SITE = {
    "kbgen.toml": '[site]\ntitle = "Help"\n[locales.en]\n[locales.fa]\nfallback = "en"\n',
    "content/en/devices/_category.toml": 'title = "Devices"\ndescription = "Lamps"\n',
    "content/en/devices/lamp.md": GOOD.format(key="lamp", title="Pair a lamp"),
    "content/en/devices/hub.md": GOOD.format(key="hub", title="Start the hub"),
}
HEAVY = set("jinja2 pydantic markdown babel yaml rich starlette uvicorn watchdog pygments PIL sqlite3 asyncio".split())


def run(root: Path, *words: str) -> tuple[int, str, str]:
    """Run a command in this process: exit code, standard output, standard error."""
    result = CliRunner().invoke(main, ["-C", str(root), *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.stdout, result.stderr


def kbgen(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `kbgen` as a process."""
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.run(
        [sys.executable, "-m", "kbgen", *words],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def on_a_terminal(*words: str, cwd: Path, **environment: str) -> str:
    """Run `kbgen` as a process whose output is a terminal; returns what it shows."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kbgen", *words], cwd=cwd, stdout=theirs, stderr=theirs, env={**clean, "TERM": "xterm", **environment}
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # how a terminal says that its other end is gone
    os.close(ours)
    process.wait(60)
    return shown.decode()


def test_check_answers_zero_one_two(site_factory):
    """Clean is 0, warnings too; an error, or a warning with --strict, is 1; a path that is not there is 2."""
    root = site_factory(SITE)
    clean = run(root, "check")
    (root / "content/en/devices/old.md").write_text(GOOD.format(key="old", title="Old lamps").replace("1. Do it.", "![](none.png)"))
    broken = run(root, "check")

    assert clean[0] == 0
    assert clean[1] == "2 articles, nothing to mend\n"
    assert broken[0] == 1
    assert run(root, "check", "none")[0] == 2
    assert run(root, "check", "/usr")[0] == 2
    assert "Traceback" not in "".join(map(str, broken))


def test_check_counts_warnings_only_when_strict(site_factory):
    """A warning alone passes; --strict makes it fail."""
    root = site_factory(SITE)
    (root / "content/en/devices/lamp.md").write_text(GOOD.format(key="lamp", title="Pair a lamp") + "\n<marquee>x</marquee>\n")
    code, shown, _ = run(root, "check")
    strict, _, _ = run(root, "check", "--strict")

    assert ": warning KB" in shown
    assert code == 0
    assert strict == 1


def test_check_in_json_has_every_field(site_factory):
    """Programs get one object, with every field of every problem and nothing else on standard output."""
    root = site_factory({**SITE, "content/en/devices/bad.md": BAD})
    code, shown, _ = run(root, "check", "--format", "json")
    record = json.loads(shown)

    assert code == 1
    assert record.keys() == {"problems", "notices", "articles", "new", "existing", "failed"}
    assert record["problems"]
    for one in record["problems"]:
        assert one.keys() == set("rule severity path line column width source id message why remedy edit fingerprint state at".split())


def test_check_shows_the_problems_of_the_paths_alone(site_factory, monkeypatch):
    """Files and folders choose, written with .. too; the exit code is theirs; broken settings are always told."""
    root = site_factory({**SITE, "content/en/devices/bad.md": BAD, "content/fa/devices/bad.md": BAD})
    monkeypatch.chdir(root / "content" / "en")
    _, shown, _ = run(root, "check", "../fa")

    assert "content/fa/devices/bad.md" in shown
    assert "content/en/" not in shown
    assert run(root, "check", "devices/lamp.md")[0] == 0
    assert run(root, "check", "devices/bad.md")[0] == 1

    (root / "kbgen.toml").write_text("[sight]\n")
    code, shown, _ = run(root, "check", "devices/lamp.md")

    assert code == 1
    assert "kbgen.toml" in shown


def test_quiet_says_problems_only(site_factory):
    """-q says nothing when there is nothing to say."""
    root = site_factory(SITE)

    assert run(root, "build", "-q") == (0, "", "")
    assert run(root, "check", "-q") == (0, "", "")


def test_build_in_json_is_one_object(site_factory):
    """A build tells programs what it did; the second time, that nothing has changed."""
    root = site_factory(SITE)
    first = json.loads(run(root, "build", "--format", "json")[1])
    os.utime(root / "kbgen.toml", (1, 1))
    run(root, "build")
    again = json.loads(run(root, "build", "--format", "json")[1])

    assert (first["written"], first["articles"]) == (True, 2)
    assert first["made"] > 10
    assert (again["written"], again["made"]) == (True, 0)


@pytest.mark.parametrize(
    "address", ["help.example.org", "ftp://help.example.org", "https://", "https://u:p@x.example", "https://x.example/?a"]
)
def test_the_address_of_the_command_line_is_checked(site_factory, address):
    """--base-url obeys the rules of [site] base_url: anything else is wrong usage, with an example, and nothing is built."""
    root = site_factory(SITE)
    code, _, said = run(root, "build", "--base-url", address)

    assert code == 2
    assert "https://help.example.org" in said
    assert not (root / "dist").exists()


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_rule_is_explained(rule):
    """Each rule that a problem may name has a paragraph, also asked for in lower case."""
    result = CliRunner().invoke(main, ["explain", rule.lower()])

    assert result.exit_code == 0
    assert result.output.startswith(f"{rule}\n\n")
    assert len(result.output.split()) > 4


def test_explain_lists_and_guesses():
    """Without a name all are listed; a slip is answered with the nearest, nonsense with the way to the list."""
    listed = CliRunner().invoke(main, ["explain"]).output.splitlines()
    slip = CliRunner().invoke(main, ["explain", "KB1O4"])
    nonsense = CliRunner().invoke(main, ["explain", "zzz"])

    assert [line[:5] for line in listed] == sorted(rules())
    assert slip.exit_code == 2
    assert re.search(r"Did you mean KB\d{3}\?", slip.output)
    assert nonsense.exit_code == 2
    assert "kbgen explain" in nonsense.output


def test_schemas_are_written_and_valid(tmp_path):
    """Each file is JSON Schema 2020-12 whose references lead somewhere; without a folder all are one object."""
    made = CliRunner().invoke(main, ["schema", "--output", str(tmp_path / "schemas")])
    files = sorted((tmp_path / "schemas").iterdir())
    whole = json.loads(CliRunner().invoke(main, ["schema"]).stdout)

    assert made.exit_code == 0
    assert [file.name for file in files] == sorted(whole)
    for file in files:
        schema = json.loads(file.read_text(encoding="utf-8"))
        text = json.dumps(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', text)) <= set(schema.get("$defs", {}))
        assert set(re.findall(r'"type": "(\w+)"', text)) <= {
            "object",
            "array",
            "string",
            "integer",
            "number",
            "boolean",
            "null",
        }
        assert not [
            pattern for pattern in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', text) if not re.compile(json.loads(f'"{pattern}"'))
        ]


def test_colours_are_for_terminals_that_want_them(site_factory):
    """A pipe gets none, a terminal does, NO_COLOR and a dumb terminal do not."""
    root = site_factory({**SITE, "content/en/devices/bad.md": BAD})

    assert "\x1b[" not in "".join(kbgen("check", cwd=root).stdout)
    assert "\x1b[31m" in on_a_terminal("check", cwd=root)
    assert "\x1b[31m" in on_a_terminal("build", cwd=root)
    assert "\x1b[" not in on_a_terminal("check", cwd=root, NO_COLOR="1")
    assert "\x1b[31m" not in on_a_terminal("check", cwd=root, TERM="dumb")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(tmp_path, shell):
    """The line of the help gives a shell what it needs."""
    script = subprocess.run(
        [str(Path(sys.executable).with_name("kbgen"))],
        env={**os.environ, "_KBGEN_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert script.returncode == 0
    assert "_KBGEN_COMPLETE" in script.stdout


def test_the_version_imports_nothing_heavy(tmp_path):
    """`kbgen --version` answers before any library is loaded but click."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kbgen", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in told.stderr.splitlines()}

    assert re.fullmatch(r"kbgen \d+\.\d+\.\d+\S*\n", told.stdout)
    assert loaded & HEAVY == set()


def test_an_unexpected_error_is_one_line(site_factory, monkeypatch):
    """A mistake of ours is a sentence with what to do next; --traceback shows the place."""
    root = site_factory(SITE)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("something\nodd")

    monkeypatch.setattr("kbgen.pipeline.build", fail)
    code, _, told = run(root, "build")
    raised = CliRunner().invoke(main, ["--traceback", "-C", str(root), "build"]).exception

    assert code == 1
    assert told.startswith("Error: something odd\n")
    assert "kbgen --traceback" in told
    assert isinstance(raised, RuntimeError)


def test_a_full_disk_is_no_mistake_of_ours(site_factory, monkeypatch):
    """What the system refuses is told with the file's name."""
    root = site_factory(SITE)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/disk/dist")

    monkeypatch.setattr("kbgen.pipeline.build", fail)

    assert run(root, "build")[::2] == (1, "Error: /disk/dist: No space left on device\n")


def test_outside_a_knowledge_base_the_way_in_is_told(tmp_path):
    """A command that needs a site names `kbgen init`."""
    told = kbgen("build", cwd=tmp_path)

    assert told.returncode == 2
    assert "kbgen init" in told.stderr


def test_a_problem_is_shown_with_its_line(site_factory):
    """The first line is what editors read; the caret stands below the slip."""
    root = site_factory({**SITE, "content/en/devices/bad.md": BAD})
    shown = run(root, "check")[1]

    assert re.search(
        r"^content/en/devices/bad\.md:3:1: error KB\d{3}: .+\n    3 \| titel: Pair a lamp\n      \| \^+\n  \S", shown, re.MULTILINE
    )
