"""
The store: the only SQL of the service.  A verb is a plain function that takes a `Tx` first; `Store` runs verbs in transactions.

    store = open_store(folder)                                   # SQLite in a folder; open_store(None, url) for PostgreSQL
    acted = store.write(cases.act, case_id, how, lambda case: assign(case, how, "maria", members), seen=7)
    file = await store.read_soon(cases.case_file, case_id, now)  # in an event loop: write_soon, read_soon

One call is one transaction; what it wrote is on the disk when it returns, and if it raises nothing was written.  Several verbs that
belong together are one function of yours: `def both(tx): cases.act(tx, ...); audit.note(tx, ...)`, run by `store.write(both)`.

`cases` open_case, act, act_on_two, look, case_file · `people` requesters and secret links · `posts` ratings, searches, idempotency ·
`queue` lists of cases · `outbox` mails to send · `mailbox` mails that came ·
`held` quarantine, questions, bans · `audit` who did what, chained by digests · `sweeps` what the files may still hold ·
`tables` their definitions; a new table or column also needs a migration in migrations/versions.
"""

from __future__ import annotations

from feedback_service.store.door import Store, open_store
from feedback_service.store.errors import ChangedError, KeyReusedError, NotThereError, StoreError, UnavailableError
from feedback_service.store.tx import Tx

__all__ = ["ChangedError", "KeyReusedError", "NotThereError", "Store", "StoreError", "Tx", "UnavailableError", "open_store"]
