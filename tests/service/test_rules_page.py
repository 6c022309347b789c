"""The pages of lead and operator say what rules, webhooks, accounts and the agents' API really are."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from time import time

import pytest

from feedback_service.accounts import ROLES
from feedback_service.cli import main
from feedback_service.http.agents import ENTRIES
from feedback_service.rules.file import load_rules
from feedback_service.rules.nouns import CONDITIONS, TOLD, TRIGGERS, Then
from feedback_service.webhooks import DELAYS, headers_of, secret_bytes

DOCS = Path(__file__).parents[2] / "docs"
LEAD, OPERATOR = ((DOCS / name).read_text(encoding="utf-8") for name in ("lead.md", "operator.md"))
CODE = "".join(re.findall(r"`[^`\n]+`", OPERATOR))


def block(page: str, kind: str, holding: str) -> str:
    """Return the fenced block of a kind that holds a text."""
    return next(found for found in re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL) if holding in found)


def test_the_example_of_rules_loads():
    """Who copies it has a file that works."""
    rules = load_rules(block(LEAD, "toml", "[[rules]]"), teams=["billing", "legal"]).rules

    assert [rule.name for rule in rules] == ["refunds", "late-first-answer", "unhappy", "legal-to-maria"]


def test_every_word_of_rules_is_explained():
    """Each event, condition and act stands on the lead's page as code."""
    section = LEAD[LEAD.index("## Rules: if this") : LEAD.index("## What reports count")]
    known = "".join(re.findall(r"`[^`\n]+`", section))

    assert [
        name for name in (*TRIGGERS, *CONDITIONS, *TOLD, *(field.name for field in fields(Then))) if not re.search(rf"\b{name}\b", known)
    ] == []


def test_the_example_of_webhooks_loads():
    """And its secret has the name that the page tells."""
    (webhook,) = load_rules(block(OPERATOR, "toml", "[[webhooks]]")).webhooks

    assert f"`KB_WEBHOOK_{webhook.name.upper()}`" in OPERATOR


def test_the_receivers_example_takes_our_messages():
    """The code that the page gives to receivers takes what we sign, and nothing else."""
    names: dict = {}
    exec(block(OPERATOR, "python", "def is_ours"), names)
    secret, body = "whsec_" + "A" * 43 + "=", '{"type":"case.created"}'
    headers = headers_of(secret_bytes(secret), "msg_1", body, datetime.now(UTC))
    old = headers_of(secret_bytes(secret), "msg_1", body, datetime.fromtimestamp(time() - 400, UTC))

    assert names["is_ours"](secret, headers, body.encode())
    assert not names["is_ours"](secret, headers, body.encode() + b" ")
    assert not names["is_ours"](secret, old, body.encode())


def test_the_tries_are_those_of_the_code():
    """The page tells each wait."""
    spans = [int(delay.total_seconds()) for delay in DELAYS]

    assert spans == [10, 60, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600]
    assert "10 s, 1 min, 10 min, 1 h, 4 h, 12 h and 24 h" in OPERATOR


def test_every_address_of_the_agents_api_is_listed():
    """With its methods, in the row of the address."""
    for entry in ENTRIES:
        row = next((line for line in OPERATOR.splitlines() if line.startswith("|") and f"`{entry.path}`" in line), None)

        assert row is not None, entry.path
        assert entry.method in row


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_explained(role):
    """In a row of its own."""
    assert re.search(rf"^\| `{role}` \|", OPERATOR, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(main.commands["agent"].commands))
def test_every_command_on_agents_is_explained(name):
    """With each option that is its own."""
    command = main.commands["agent"].commands[name]
    shared = {"settings", "data", "database_url", "sla", "rules"}
    options = [opt for each in command.params if each.name not in shared for opt in each.opts if opt.startswith("--")]

    assert re.search(rf"`agent {name}\b", OPERATOR)
    assert [option for option in options if option not in CODE] == []
    assert (command.help or "").strip()


@pytest.mark.parametrize("name", sorted(main.commands["rules"].commands))
def test_every_command_on_rules_is_explained(name):
    """On the lead's page, who writes the rules."""
    assert f"feedback-service rules {name}" in LEAD
