"""Debian's dovecot as a test's own IMAP server: a folder, a free port, one user, gone afterwards."""

from __future__ import annotations

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.mail.post import CERTIFICATE, KEY, PATIENCE

from feedback_service.mail.settings import Server

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "secret"

CONFIG = """
{dialect}
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = 1
auth_mechanisms = plain login
{capability}
ssl = {ssl}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
OLD = """
disable_plaintext_auth = no
mail_location = maildir:{folder}/Maildir
ssl_cert = {arrow}{cert}
ssl_key = {arrow}{key}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={usergroup} home={folder}
}}
import_environment = TZ LD_LIBRARY_PATH
"""
NEW = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/Maildir
ssl_server_cert_file = {cert}
ssl_server_key_file = {key}
passdb passwd-file {{
  passwd_file_path = {folder}/users
  default_password_scheme = PLAIN
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {usergroup}
    home = {folder}
  }}
}}
import_environment {{
  LD_LIBRARY_PATH = %{{env:LD_LIBRARY_PATH}}
}}
"""  # from dovecot 2.4 on, as in Debian 13


@dataclass
class Mailbox:
    """The account "box" on that server."""

    port: int
    folder: Path

    def server(self, **more) -> Server:
        """Describe it to a client."""
        return Server(
            **{"host": "127.0.0.1", "port": self.port, "tls": "none", "user": "box", "password": PASSWORD, "timeout": 10.0, **more}
        )

    def put(self, raw: bytes, name: str) -> None:
        """Deliver a mail as a mail server on this machine does: into new/, in one move."""
        waiting = self.folder / "Maildir" / "tmp" / name
        waiting.write_bytes(raw)
        if os.geteuid() == 0:
            shutil.chown(waiting, "dovenull", "dovenull")
        waiting.rename(self.folder / "Maildir" / "new" / name)

    def names(self, folder: str = "") -> dict[str, str]:
        """List the mails of a folder: the name they were put under, and their flags."""
        files = [file for part in ("new", "cur") for file in (self.folder / "Maildir" / folder / part).glob("*")]
        return {file.name.partition(":")[0].partition(",")[0]: file.name.partition(":2,")[2] for file in files}


@contextlib.contextmanager
def dovecot(*, capability: str = "", secure: bool = False) -> Iterator[Mailbox]:
    """
    Run the server.

    Args:
        capability: What it says it can do; "": all that it can.
        secure: It takes STARTTLS.
    """
    folder = Path(tempfile.mkdtemp(prefix="kb-imap-"))  # not pytest's folder: that is closed to the server's own users
    try:
        folder.chmod(0o755)
        for name in ("tmp", "new", "cur"):
            (folder / "Maildir" / name).mkdir(parents=True)
        (folder / "users").write_text(f"box:{PASSWORD}\n")
        if os.geteuid() == 0:
            for path in (folder / "Maildir").rglob("*"):
                shutil.chown(path, "dovenull", "dovenull")
            shutil.chown(folder / "Maildir", "dovenull", "dovenull")
        process, port = _started(folder, capability, secure=secure)
        try:
            yield Mailbox(port, folder)
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # it may run inside another program, which would keep the signal for itself
            process.wait(PATIENCE)
    finally:
        print((folder / "log").read_text())
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, capability: str, *, secure: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start it on a free port; if somebody else took that port in the meantime, on another one."""
    for _ in range(5):
        with socket.create_server(("127.0.0.1", 0)) as chosen:
            port = chosen.getsockname()[1]
        (folder / "dovecot.conf").write_text(_config(folder, port, capability, secure=secure))
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen([PROGRAM, "-F", "-c", folder / "dovecot.conf"], stdout=said, stderr=said, start_new_session=True)
        if _answers(process, port):
            return process, port
    raise RuntimeError(
        "dovecot does not start: " + " ".join(file.read_text() for file in (folder / "said", folder / "log") if file.exists())
    )


def _config(folder: Path, port: int, capability: str, *, secure: bool) -> str:
    is_root = os.geteuid() == 0
    me, mine = (getpass.getuser(), grp.getgrgid(os.getegid()).gr_name) if not is_root else ("", "")
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    is_new = tuple(map(int, said.split()[0].split(".")[:2])) >= (2, 4)
    facts = {
        "folder": folder,
        "user": pwd.getpwnam("dovenull").pw_uid if is_root else os.geteuid(),
        "usergroup": pwd.getpwnam("dovenull").pw_gid if is_root else os.getegid(),
        "arrow": "<" if secure else "",
        "cert": CERTIFICATE if secure else "",
        "key": KEY if secure else "",
    }
    return CONFIG.format(
        dialect=(NEW if is_new else OLD).format(**facts),
        folder=folder,
        port=port,
        login="dovenull" if is_root else me,
        internal="dovecot" if is_root else me,
        group="dovecot" if is_root else mine,
        capability=f"imap_capability = {capability}" if capability else "",
        ssl="yes" if secure else "no",
    )


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
            if line.recv(4) == b"* OK":
                return True
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()
    return False
