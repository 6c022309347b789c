"""Mail as an operator sets it up: the pipe, the look into a mailbox, and a service that does everything by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from service.mail.dovecot import PASSWORD, dovecot
from service.mail.post import PATIENCE, letter, relay

from feedback_service.cli import main
from feedback_service.mail import spool
from feedback_service.mail.jobs import mail_jobs
from feedback_service.mail.mime import MOST_BYTES
from feedback_service.mail.read import read_mail
from feedback_service.mail.settings import MailSettings, office_of
from feedback_service.settings import Settings, SettingsError

COMMAND = [sys.executable, "-m", "feedback_service"]
ROOT = Path(__file__).parents[3]


def waiting(data: Path) -> list[bytes]:
    """Read the mails that wait, in their order."""
    return [file.read_bytes() for file in sorted((data / "mail-in" / "new").glob("*"))]


def until(true, what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


def test_the_pipe_keeps_what_it_gets(tmp_path):
    """A mail server hands over a mail: it is on the disk, byte for byte, in a folder that only we can read."""
    done = subprocess.run([*COMMAND, "mail-in", "--data", tmp_path], input=letter(), cwd=ROOT, check=False, capture_output=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert waiting(tmp_path) == [letter()]
    assert (tmp_path / "mail-in" / "new").stat().st_mode & 0o077 == 0


def test_the_pipe_takes_empty_and_endless_mails(tmp_path):
    """S31: nothing at all, and far more than anybody reads: kept as far as it is read, and the mail server's pipe never breaks."""
    huge = letter("x\r\n") + b"y" * (MOST_BYTES * 3)
    for raw in (b"", huge):
        done = subprocess.run([*COMMAND, "mail-in", "--data", tmp_path], input=raw, cwd=ROOT, check=False, capture_output=True)

        assert done.returncode == 0
    assert waiting(tmp_path) == [b"", huge[: MOST_BYTES + 1]]


def test_the_pipe_asks_to_come_back(tmp_path, monkeypatch):
    """Where nothing can be written, or too much waits, the mail server is told to keep the mail; nothing half-written stays."""
    (tmp_path / "mail-in").write_text("in the way")
    done = CliRunner().invoke(main, ["mail-in", "--data", str(tmp_path)], input=letter())

    assert (done.exit_code, "was not kept" in done.stderr) == (75, True)

    other = tmp_path / "other"
    monkeypatch.setattr(spool, "MOST_WAITING", 2)
    codes = [CliRunner().invoke(main, ["mail-in", "--data", str(other)], input=letter()).exit_code for _ in range(3)]

    assert codes == [0, 0, 75]
    assert len(waiting(other)) == 2
    assert list((other / "mail-in" / "tmp").iterdir()) == []


def test_mails_wait_until_they_were_taken(tmp_path):
    """Mails come out in the order in which they came in; one that cannot be taken stays, and those behind it."""
    for number in range(3):
        spool.put(tmp_path, str(number).encode(), number)
    taken = []

    def take(raw: bytes) -> None:
        if raw == b"1" and len(taken) == 1:
            taken.append(b"tried")
            raise ConnectionResetError
        taken.append(raw)

    with pytest.raises(ConnectionResetError):
        spool.empty(tmp_path, take)

    assert spool.empty(tmp_path, take) == 2
    assert taken == [b"0", b"tried", b"1", b"2"]
    assert spool.empty(tmp_path / "nowhere", take) == 0


def test_what_is_no_file_of_ours_stops_nobody(tmp_path):
    """Whoever may write there must not have us read other files, or wait for a pipe: those stay, and the mails are taken."""
    spool.put(tmp_path, b"x", 2)
    (tmp_path / "new" / "0").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "new" / "1")
    taken = []

    assert spool.empty(tmp_path, taken.append) == 1
    assert taken == [b"x"]
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_a_look_into_a_mailbox(tmp_path):
    """mail-poll fetches once, and says how much; trouble is one line and exit code 1."""
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    with dovecot() as box:
        box.put(letter(), "one")
        address = ["--imap-url", f"imap+plain://box@127.0.0.1:{box.port}", "--data", str(tmp_path)]
        good = CliRunner().invoke(main, ["mail-poll", *address, "--imap-password-file", str(tmp_path / "password"), "--imap-done", "Done"])
        bad = CliRunner().invoke(main, ["mail-poll", *address])

    assert (good.exit_code, good.output) == (0, "1 mails fetched.\n")
    assert waiting(tmp_path) == [letter()]
    assert bad.exit_code == 1
    assert "Traceback" not in bad.output


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_url": "smtps://mail.example.org"},
        {"mail_address": "support"},
        {"mail_address": "a+b@help.example"},
        {"mail_address": "s@help.example", "mail_own": ("x",)},
        {"mail_address": "s@help.example", "smtp_url": "mail.example.org"},
        {"mail_address": "s@help.example", "smtp_url": "smtp+plain://mail.example.org"},
        {"mail_address": "s@help.example", "imap_url": "imaps://u:secret@mail.example.org"},
        {"mail_address": "s@help.example", "imap_url": "imaps://u@mail.example.org", "imap_password_file": Path("/nowhere/password")},
        {"mail_address": "s@help.example", "imap_url": "imaps://u@mail.example.org", "imap_done": "Gelöscht"},
        {"mail_address": "s@help.example", "smtp_url": "smtps://mail.example.org", "mail_ca_file": Path("/nowhere/ca.pem")},
    ],
)
def test_wrong_settings_are_told_in_a_line(tmp_path, wrong):
    """What cannot work is refused when the service starts, without a password in the message."""
    (tmp_path / "secret").write_text("x" * 43, encoding="ascii")
    (tmp_path / "secret").chmod(0o600)
    settings = Settings(data=tmp_path, base_url="https://help.example", mail=MailSettings(**wrong))

    with pytest.raises(SettingsError) as told:
        mail_jobs(None, settings)
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_without_an_address_there_is_no_mail(tmp_path):
    """A service without mail starts; one with mail needs to know its own address on the web."""
    assert mail_jobs(None, Settings(data=tmp_path)) == ()
    with pytest.raises(SettingsError, match="base-url"):
        mail_jobs(None, Settings(data=tmp_path, mail=MailSettings("support@help.example")))
    assert office_of(MailSettings("support@Help.Example"), (b"x",), "https://x", "ca").address == "support@help.example"


def test_a_service_with_mail(tmp_path):
    """One process fetches a mail, opens its case and acknowledges it; a mail that is piped in meanwhile is taken too."""
    data, said = tmp_path / "data", tmp_path / "said"
    data.mkdir()
    (tmp_path / "password").write_text(PASSWORD)
    with dovecot() as box, relay() as post:
        box.put(letter(), "one")
        options = ["--base-url", "https://help.example", "--mail-address", "support@help.example", "--port", "0"]
        options += ["--imap-url", f"imap+plain://box@127.0.0.1:{box.port}", "--imap-password-file", tmp_path / "password"]
        options += ["--smtp-url", f"smtp+plain://127.0.0.1:{post.port}", "--data", data]
        with said.open("wb") as out:
            service = subprocess.Popen(
                [*COMMAND, "serve", *options], cwd=ROOT, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        try:
            until(lambda: post.taken or service.poll() is not None, f"an acknowledgement\n{said.read_text()}")
            other = letter("Hola, i jo? Gràcies.", From="ana@example.org", Message_ID="<ana@example.org>")
            subprocess.run([*COMMAND, "mail-in", "--data", data], input=other, cwd=ROOT, check=True)
            until(lambda: len(post.taken) > 1 or service.poll() is not None, f"a second one\n{said.read_text()}")
        finally:
            service.terminate()
            service.wait(PATIENCE)

    assert [to for _, to, _ in post.taken] == [["joan@example.org"], ["ana@example.org"]], said.read_text()
    assert [read_mail(raw).headers["content-language"][0] for _, _, raw in post.taken] == ["en", "ca"]
    assert waiting(data) == []
