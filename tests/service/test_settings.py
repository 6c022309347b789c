"""What an operator may set, from which place, and what is refused before anything is opened."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from service.store.stories import ask

from feedback_service.cli import main
from feedback_service.http.throttle import LIMITS
from feedback_service.settings import Settings, SettingsError, check, secrets_of
from feedback_service.store import open_store
from feedback_service.store.schema import HEAD

ROOT = Path(__file__).parents[2]
PAGE, LEADS_PAGE = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("operator.md", "lead.md"))

WRONG = {
    "origin": {"portal": ("help.example.org",)},
    "a path": {"portal": ("https://help.example.org/en/",)},
    "base_url": {"base_url": "service.example.org"},
    "no base_url": {"host": "0.0.0.0"},
    "proxies": {"proxies": ("10.0.0.0/99",)},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused(name):
    """Each mistake is one line that says what to write instead."""
    with pytest.raises(SettingsError) as told:
        check(Settings(**WRONG[name]))

    assert "\n" not in str(told.value)


def unused() -> bool:
    """Tell of a new store."""
    return False


def unasked() -> bool:
    """Stand where a secret is there, and nobody asks."""
    pytest.fail("The store was asked.")


def test_the_secret_is_made_once_and_for_this_user_alone(tmp_path):
    """The first start makes it; the next ones read it; one that others can read, or a short one, is refused."""
    here = Settings(data=tmp_path)
    (first,) = secrets_of(here, unused)

    assert secrets_of(here, unasked) == (first,)
    assert len(first) >= 32
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        secrets_of(here, unasked)
    (tmp_path / "secret").chmod(0o600)
    for short, length in (("default", 7), ("", 0), (f"{'x' * 40}\nshort", 5)):
        (tmp_path / "secret").write_text(short)
        with pytest.raises(SettingsError, match=f"line of {length} characters"):
            secrets_of(here, unasked)
    with pytest.raises(SettingsError, match="cannot be read"):
        secrets_of(Settings(data=tmp_path, secret_file=tmp_path / "elsewhere"), unused)


def test_a_secret_that_is_gone_is_no_first_start(tmp_path):
    """With cases in the store, answers to their mails would be strangers' under another secret: the service says so and does not start."""
    store = open_store(tmp_path)
    ask(store)
    store.close()
    started = CliRunner().invoke(main, ["serve", "--port", "0", "--data", str(tmp_path)])

    assert started.exit_code == 1
    assert "is gone" in started.output
    assert not (tmp_path / "secret").exists()


def test_old_secrets_stand_below_the_new_one(tmp_path):
    """Who replaces the secret writes the new one above it."""
    (tmp_path / "secret").write_text(f"{'n' * 40}\n{'o' * 40}\n")
    (tmp_path / "secret").chmod(0o600)

    assert secrets_of(Settings(data=tmp_path), unasked) == (b"n" * 40, b"o" * 40)


def test_hosts_are_those_that_readers_use():
    """The service answers to the name of its address and to those that were added, in small letters."""
    settings = Settings(base_url="https://Service.Example.org/", hosts=("KB.example.org",))

    assert {"service.example.org", "kb.example.org", "127.0.0.1"} <= settings.allowed_hosts
    assert settings.url == "https://Service.Example.org"
    assert settings.is_secure


def test_typed_options_count_more_than_the_environment_and_that_more_than_the_file(tmp_path):
    """An option may stand in three places, and the nearest one wins."""
    (tmp_path / "kb.toml").write_text(f'data = "{tmp_path}/file"\nport = 8002\n', encoding="utf-8")  # a port is `serve`'s
    told = []
    for environment, typed in (
        ({}, []),
        ({"KB_DATA": f"{tmp_path}/env"}, []),
        ({"KB_DATA": f"{tmp_path}/env"}, ["--data", f"{tmp_path}/typed"]),
    ):
        result = CliRunner().invoke(main, ["migrate", "--settings", str(tmp_path / "kb.toml"), *typed], env=environment)
        told.append(result.output.partition("There is no folder ")[2].partition(".")[0])

    assert told == [f"{tmp_path}/{place}" for place in ("file", "env", "typed")]


def test_unknown_settings_are_told(tmp_path):
    """A slip in the file is no silent default."""
    (tmp_path / "kb.toml").write_text("dta = 'x'\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["migrate", "--settings", str(tmp_path / "kb.toml")])

    assert result.exit_code == 2
    assert "dta" in result.output


def test_migrate_makes_a_database_and_replay_reads_it(tmp_path):
    """The commands work on a folder by themselves, and say what they did."""
    made = CliRunner().invoke(main, ["migrate", "--data", str(tmp_path)])
    replayed = CliRunner().invoke(main, ["replay", "--data", str(tmp_path)])

    assert made.output == f"The database has schema {HEAD}.\n"
    assert replayed.output == "0 cases, 0 differ from their events.\n"


def leaves(command, *path):
    """List the commands that do something, by their words."""
    below = getattr(command, "commands", {})
    return [leaf for name, each in sorted(below.items()) for leaf in leaves(each, *path, name)] if below else [path]


@pytest.mark.parametrize("path", leaves(main), ids=" ".join)
def test_every_command_tells_what_it_does(path):
    """Each has a help text with an example."""
    text = CliRunner().invoke(main, [*path, "--help"], prog_name="feedback-service").output

    assert f"feedback-service {' '.join(path)} " in text.partition("Usage:")[2].partition("\n")[2]


@pytest.mark.parametrize("path", leaves(main), ids=" ".join)
def test_every_option_is_in_the_operators_page(path):
    """Whatever may be set is told to operators, or to the lead who needs it."""
    command = main
    for name in path:
        command = command.commands[name]
    missing = [name for one in command.params for name in one.opts if not re.search(rf"(?<![\w-]){name}\b", PAGE + LEADS_PAGE)]

    assert not missing, f"docs/ say nothing of {', '.join(missing)}"


def test_the_limits_are_in_the_operators_page():
    """The table of limits is the one that counts."""
    rows = dict(re.findall(r"^\| ([a-z][^|]*?) \| ([^|]*) \|", PAGE, re.MULTILINE))
    for kind, row in (("case", "cases"), ("rating", "ratings"), ("question", "questions")):
        limit = LIMITS[kind][0]

        assert rows[row] == f"{limit.burst} at once, {limit.refill} an hour"


def test_the_help_of_the_service_loads_nothing_heavy():
    """Who only asks for help does not wait for a database library."""
    code = "import sys, feedback_service.cli; print([name for name in ('sqlalchemy', 'alembic', 'starlette', 'uvicorn') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout.replace("'", '"')) == []
