"""The front door.  Each command opens a job, calls the verb of the house and tells what came of it; only this room prints."""

from __future__ import annotations

from kbgen.cli.asking import explain, schema, why
from kbgen.cli.auditing import asof, blame
from kbgen.cli.building import build, serve
from kbgen.cli.caring import due, reviewed
from kbgen.cli.checking import check
from kbgen.cli.comparing import diff
from kbgen.cli.door import main
from kbgen.cli.forging import forge
from kbgen.cli.handing import status, submit
from kbgen.cli.keeping import move, retire
from kbgen.cli.readers import feedback
from kbgen.cli.releasing import publish, releases, rollback
from kbgen.cli.reviewing import approvals, approve, owners
from kbgen.cli.searching import search
from kbgen.cli.translating import l10n
from kbgen.cli.writing import init, new

__all__ = ["main"]

for _command in (
    build,
    check,
    serve,
    why,
    explain,
    search,
    feedback,
    schema,
    init,
    new,
    move,
    retire,
    submit,
    status,
    blame,
    asof,
    approvals,
    approve,
    diff,
    owners,
    forge,
    publish,
    rollback,
    releases,
    due,
    reviewed,
    l10n,
):
    main.add_command(_command)
