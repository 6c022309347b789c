"""The rules of the house: who may import whom, where the world is touched, how large a room may grow."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A room is a module or a package directly below kbgen/.  Imports run down the floors; a new room needs a place here.
FLOORS: dict[str, frozenset[str]] = {
    "doors": frozenset({"__main__", "cli", "serve"}),
    "conductors": frozenset(
        {"checkup", "compare", "explain", "forge", "lock", "pipeline", "schema", "start", "state", "steps", "targets", "why"}
    ),
    "stages": frozenset({"assemble", "assets", "check", "parse", "plan", "publish", "read", "render", "review"}),
    "crafts": frozenset(
        {
            "cache",
            "config",
            "feedback",
            "formats",
            "head",
            "hooks",
            "ignored",
            "l10n",
            "links",
            "marked",
            "markup",
            "prose",
            "related",
            "release",
            "report",
            "search",
            "theme",
        }
    ),
    "nouns": frozenset({"__init__", "digests", "locales", "model", "outline", "plain", "urls", "workers"}),
}
NO_NEIGHBOURS = frozenset({"stages"})  # floors whose rooms never import each other
ALONE = frozenset({"model"})  # imports nothing of ours
ONLY_FOR: dict[str, frozenset[str]] = {"pipeline": frozenset({"__main__", "checkup", "cli", "serve"})}
AGREED: dict[tuple[str, str], str] = {
    ("assets", "read"): "pictures are opened by the same function that refuses links and pipes for articles",
}

# The same for feedback_service/.  Whatever is not a door there is pure: values in, values out.
SERVICE_FLOORS: dict[str, frozenset[str]] = {
    "fronts": frozenset({"__main__", "cli", "main"}),
    "guests": frozenset({"desk", "http"}),
    "doors": frozenset(
        {"care", "logs", "mail", "sample", "sender", "settings", "signin", "staff", "store", "worker"}
    ),  # these three floors touch the world: the time, the disk, the network, random numbers, secrets
    "telling": frozenset({"announce", "changes", "exports", "rules"}),
    "reckoning": frozenset({"reports"}),
    "counting": frozenset({"clocks", "manifest", "ratings", "sla_file"}),
    "rules": frozenset({"can", "intake", "moderation", "sla", "webhooks"}),
    "crafts": frozenset(
        {
            "__init__",
            "accounts",
            "addresses",
            "calendars",
            "days",
            "domain",
            "lexis",
            "limits",
            "searches",
            "tables",
            "texts",
            "toml_files",
            "toml_places",
        }
    ),
}
PURE_FILES: dict[str, frozenset[str]] = {  # in a room that touches the world, what does not all the same
    "mail": frozenset("headers mime hypertext files read loops quotes tongue threads write".split()),
}
SERVICE_ALONE = frozenset({"domain"})  # imports nothing of ours
PURE_IMPORTS = frozenset(
    """
    __future__ argon2 base64 binascii collections csv dataclasses datetime difflib email functools hashlib hmac html io
    ipaddress itertools json math re tomllib types typing unicodedata urllib.parse zoneinfo feedback_service
    """.split()
)
IMPURE = re.compile(  # what reaches the world through a library that is pure otherwise
    r"open|print|input|breakpoint|exec|eval|__import__|io\.(open|FileIO)|(datetime\.)?(datetime|date)\.(now|utcnow|today)|tomllib\.load|json\.(load|dump)"
)

# Doors to the world: the rooms that may use them, and what for.
WORLD: dict[str, tuple[re.Pattern[str], dict[str, str]]] = {
    "print": (
        re.compile(r"print|sys\.(stdout|stderr)(\.\w+)*"),
        {"__main__": "a front door", "cli": "the front door", "report": "what the front door says", "serve": "tells the address"},
    ),
    "the time": (
        re.compile(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime|ctime)"),
        {"cli": "as_of", "serve": "as_of of each new build", "state": "a file touched a moment ago may be touched again unseen"},
    ),
    "the network": (
        re.compile(r"(import )(socket|ssl|http\.(client|server)|urllib\.request|smtplib|asyncio|starlette|uvicorn)(\..*)?"),
        {
            "forge": "asks who approved, hands reports over",
            "serve": "shows the site to its writer",
            "targets": "asks a portal that is out there what it serves",
        },
    ),
    "pickles": (re.compile(r"(import )(pickle|marshal|shelve|dill)"), {}),
}

# Files over 300 lines, with the reason why no seam was found; a few rooms have a limit of their own.
LONGEST = 300
LONG_FILES: dict[str, tuple[int, str]] = {
    "kbgen/model.py": (400, "the nouns stand together, so that a newcomer reads them once"),
    "kbgen/markup/walk.py": (360, "one pass over the HTML: its handlers share what is open and what was seen"),
    "tests/test_markup.py": (560, "one test for each thing that writers can type, in the order of the writer's page"),
    "tests/theme_views.py": (320, "an example of every page, side by side as the theme has them"),
    "tests/bad_inputs/test_rows_settings.py": (330, "the rows of settings, themes and hooks, in the order of the list that they prove"),
    "feedback_service/store/tables.py": (400, "the tables stand together, so that a newcomer reads them once"),
    "tests/test_house.py": (360, "the rules of both houses and of what they share"),
    "kbgen/pipeline.py": (120, "it is the table of contents of the build"),
}

# Hosts of package registries, folders of somebody's machine.  The escapes keep this file from holding what it looks for.
UNWANTED = re.compile(
    r"pypi\.(org|python)|pythonhosted\.org|registry\.(npmjs|yarnpkg)|deb\.debian|proxy\.golang|index\.crates"
    r"|(?<![\w.])/(work|farm|var/tmp|root)/[\w.]|[.]library/"
)


@cache
def tree_of(file: Path) -> ast.Module:
    """Parse a file of ours once."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def python_files(*folders: str) -> list[Path]:
    """List the Python files below folders of the project, missing ones included as nothing."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py") if "work" not in file.relative_to(ROOT).parts)


def name_of(file: Path) -> str:
    """Write a file's place as people do."""
    return file.relative_to(ROOT).as_posix()


def room_of(file: Path) -> str:
    """Name the room a file of kbgen/ belongs to."""
    return file.relative_to(ROOT / "kbgen").parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    """Give line and full dotted name of every import of a file, those inside functions included."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*package[: len(package) - node.level + 1], node.module or "")).strip(".") if node.level else node.module or ""
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def rooms_used(file: Path) -> Iterator[tuple[int, str]]:
    """Give line and name of every other room that a file of kbgen/ imports."""
    for line, name in imports_of(file):
        parts = name.split(".")
        if parts[0] == "kbgen" and parts[1:] and parts[1] not in {"__version__", room_of(file)}:
            yield line, parts[1]


def floor_of(room: str) -> int:
    """Count floors from the top; a room without a floor is an error of its own."""
    found = [number for number, rooms in enumerate(FLOORS.values()) if room in rooms]
    if not found:
        pytest.fail(f"kbgen/{room} has no floor: enter it in FLOORS of tests/test_house.py", pytrace=False)
    return found[0]


def may_import(user: str, used: str) -> bool:
    """Tell whether the house lets one room import another."""
    if (user, used) in AGREED:
        return True
    if user in ALONE or user not in ONLY_FOR.get(used, {user}):
        return False
    above, below = floor_of(user), floor_of(used)
    return above < below or (above == below and list(FLOORS)[above] not in NO_NEIGHBOURS)


def uses_of(file: Path) -> Iterator[tuple[int, str]]:
    """Give line and name of everything a file calls, reads as an attribute or imports ("import name")."""
    for line, name in imports_of(file):
        yield line, f"import {name}"
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id


@cache
def tracked_files() -> list[Path]:
    """List what git knows, text and pictures alike."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_imports_run_down_the_floors():
    """A room imports only rooms below it; no stage imports another; the model imports nothing of ours; only doors import the pipeline."""
    wrong = [
        f"{name_of(file)}:{line}: {room_of(file)} must not import {used}"
        for file in python_files("kbgen")
        for line, used in rooms_used(file)
        if not may_import(room_of(file), used)
    ]

    assert not wrong, "\n".join(wrong)


def test_every_room_has_a_floor():
    """A new file or folder of kbgen/ is given its place before it grows."""
    for file in python_files("kbgen"):
        floor_of(room_of(file))


def test_the_two_houses_never_import_each_other():
    """The generator and the service are deployed apart and talk through files."""
    wrong = [
        f"{name_of(file)}:{line}: {name}"
        for house, other in (("kbgen", "feedback_service"), ("feedback_service", "kbgen"))
        for file in python_files(house)
        for line, name in imports_of(file)
        if name.split(".")[0] == other
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", WORLD)
def test_the_world_is_touched_at_the_doors_only(door):
    """Pages are a pure function of their inputs: printing, clocks, networks and pickles stay where they are listed."""
    pattern, allowed = WORLD[door]
    wrong = [
        f"{name_of(file)}:{line}: {use}"
        for file in python_files("kbgen")
        if room_of(file) not in allowed
        for line, use in uses_of(file)
        if pattern.fullmatch(use)
    ]

    assert not wrong, "\n".join(wrong)


def service_room(file: Path) -> str:
    """Name the room a file of feedback_service/ belongs to."""
    return file.relative_to(ROOT / "feedback_service").parts[0].removesuffix(".py")


def service_floor(room: str) -> int:
    """Count the service's floors from the top; a room without a floor is an error of its own."""
    found = [number for number, rooms in enumerate(SERVICE_FLOORS.values()) if room in rooms]
    if not found:
        pytest.fail(f"feedback_service/{room} has no floor: enter it in SERVICE_FLOORS of tests/test_house.py", pytrace=False)
    return found[0]


def test_the_services_imports_run_down_its_floors():
    """A room of the service imports only rooms of its floor or below; the domain imports nothing but itself."""
    wrong = []
    for file in python_files("feedback_service"):
        room = service_room(file)
        for line, name in imports_of(file):
            parts = name.split(".")
            if parts[0] != "feedback_service" or not parts[1:] or parts[1] == room:
                continue
            if room in SERVICE_ALONE or service_floor(room) > service_floor(parts[1]):
                wrong.append(f"{name_of(file)}:{line}: {room} must not import {parts[1]}")

    assert not wrong, "\n".join(wrong)


def test_the_pure_rooms_of_the_service_touch_nothing():
    """Rules and counting never read a clock, a disk, a network, a secret or a random number: all of it is handed in."""
    wrong = []
    for file in python_files("feedback_service"):
        room = service_room(file)
        if any(room in SERVICE_FLOORS[floor] for floor in ("fronts", "guests", "doors")) and file.stem not in PURE_FILES.get(room, ()):
            continue
        wrong += [
            f"{name_of(file)}:{line}: import {name}"
            for line, name in imports_of(file)
            if PURE_IMPORTS.isdisjoint({name.split(".")[0], name.rpartition(".")[0]})
        ]
        wrong += [f"{name_of(file)}:{line}: {use}" for line, use in uses_of(file) if IMPURE.fullmatch(use)]

    assert not wrong, "\n".join(wrong)


def test_no_file_is_long_without_a_reason():
    """A file over 300 lines is split, or entered in LONG_FILES with its reason."""
    wrong = []
    for file in python_files("kbgen", "feedback_service", "tests", "benchmarks"):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        limit, _ = LONG_FILES.get(name_of(file), (LONGEST, ""))
        if lines > limit:
            wrong.append(f"{name_of(file)}: {lines} lines, at most {limit}")

    assert not wrong, "\n".join(wrong)


def test_every_test_says_what_must_hold():
    """A test without a docstring is a riddle on the day it fails."""
    wrong = [
        f"{name_of(file)}:{node.lineno}: {node.name}"
        for file in python_files("tests")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert not wrong, "\n".join(wrong)


def test_no_file_names_a_registry_or_a_machine():
    """What is tracked builds anywhere: no host of a package registry, no folder of somebody's machine."""
    wrong = []
    for file in tracked_files():
        text = file.read_bytes().decode("utf-8", "replace")
        wrong += [f"{name_of(file)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}" for hit in UNWANTED.finditer(text)]

    assert not wrong, "\n".join(wrong)


def test_locks_pin_what_the_project_asks_for():
    """Every dependency of pyproject.toml stands in its lock with a version, and every version with its hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = {"core": project["project"]["dependencies"], "images": project["project"]["optional-dependencies"]["images"], **groups}
    missing = []
    for lock, requirements in asked.items():
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))
        missing += [f"{lock}: {name}" for name in (re.split(r"[<>=!~ \[]", wish)[0] for wish in requirements) if name not in pinned]
        missing += [f"{lock}: {line}" for line in text.splitlines() if "==" in line and not line.endswith("\\")]

    assert not missing, "\n".join(missing)
