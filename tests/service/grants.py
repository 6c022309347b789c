"""
How roles are answered, written once for the desk and for the agents' API: a row has a sign for each role, in the order of ROLES.

+ goes through, f 403 forbidden, m 404 as if it were not there.  An address that names a case has three rows: a case of the agent's team
or of none, a case of another team, one of another team that is assigned to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from feedback_service.accounts import ROLES

if TYPE_CHECKING:
    from service.office import Office

ANYBODY = "+++++"  # agent, lead, moderator, admin, auditor
LISTS_CASES = "++m++"
READS_A_CASE = "++m++ mmm++ ++m++"
OPENS_A_CASE = "++m+f"
WORKS_ON_A_CASE = "++m+f mmm+f ++m+f"
STRIKES_OUT = "f+m+f mmm+f f+m+f"
EXPORTS_A_CASE = "m+m++ mmm++ m+m++"
REPORTS = "++m++"
EXPORTS = "m+m++"
TRAIL = "mmm++"
CHANGES_ACCOUNTS = "fff+f"
DECIDES = "m+++f"
READS_BANS, CHANGES_BANS = "mm+++", "mm++f"
ONE_PERSON = "mmm+m"


def answers(office: Office, expected: str, ask: Callable[[str, int], str]) -> str:
    """Ask as each role, for each kind of case that *expected* has a row for; *ask* takes role and number and gives a sign."""
    rows = []
    for kind in ("ours", "theirs", "mine")[: len(expected.split())]:
        row = ""
        for role in ROLES:
            number = office.open(kind, {"ours": "billing"}.get(kind, "delivery"))
            if kind == "mine":
                office.give(number, role)
            row += ask(role, number)
        rows.append(row)
    return " ".join(rows)
