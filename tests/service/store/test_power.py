"""R4, R5: the power is cut, or the disk refuses to keep what was written.  Nothing acknowledged is lost, nothing is acknowledged that is not kept."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("power.py")


def run(*words):
    """Run in a process of its own, because the disk below SQLite is exchanged; returns what was counted."""
    done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]

    return json.loads(done.stdout)


@pytest.mark.slow
def test_power_cuts_lose_nothing():
    """After twelve cuts at random syncs, half of them with any blocks written since, every acknowledged case is there once and whole."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    counted = run("cuts", "12", str(seed))

    assert counted["cuts"] == 12
    assert counted["acknowledged"] > 0


@pytest.mark.slow
def test_a_sync_that_fails_is_try_later():
    """Each of the first eight syncs fails, once and for ever: no false yes, and the same keys find one row each when the disk is well again."""
    counted = run("errors", "8")

    assert counted["refused"] > 16
