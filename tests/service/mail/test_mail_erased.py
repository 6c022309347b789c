"""What an erased person wrote by mail into the cases of others, and how others wrote their address, is gone as well."""

from __future__ import annotations

import zipfile

from service.mail.post import MONDAY, OFFICE, letter

from feedback_service import care
from feedback_service.domain.joins import merge
from feedback_service.domain.nouns import Act, Actor
from feedback_service.mail.take import take
from feedback_service.mail.threads import reply_address
from feedback_service.store import cases

MARIA = Act(Actor("agent", "maria"), MONDAY)


def dumped(store, tmp_path) -> str:
    """Write everything that the store knows, in small letters."""
    care.export_to(store, tmp_path / "dump.jsonl", MONDAY)
    return (tmp_path / "dump.jsonl").read_text(encoding="utf-8").lower()


def test_a_mail_into_the_case_of_another_is_erased(store, tmp_path):
    """Ada's case was merged into Joan's, and she wrote there by mail: her words and her address used to stay when she was erased."""
    take(store, OFFICE, letter(), MONDAY)
    take(store, OFFICE, letter(From="Ada <ada@lovelace.example>", Message_ID="<2@x.example>"), MONDAY)
    joans, adas = (store.read(cases.case_by_number, number) for number in (1001, 1002))
    store.write(cases.act_on_two, adas.id, joans.id, MARIA, lambda one, other: merge(one, other, MARIA, confirmed=True))
    tag = reply_address(OFFICE.secrets[0], OFFICE.address, 1002)
    take(store, OFFICE, letter("My engine is xyzzy.", From="Ada@lovelace.example", To=tag, Message_ID="<3@x.example>"), MONDAY)
    care.export_person(store, "ada@lovelace.example", tmp_path / "ada.zip")
    before = dumped(store, tmp_path)
    (tmp_path / "dump.jsonl").unlink()
    care.erase_person(store, "ada@lovelace.example", "maria", MONDAY)
    after = dumped(store, tmp_path)

    assert "xyzzy" in zipfile.ZipFile(tmp_path / "ada.zip").read("messages-in-cases-of-others.json").decode()
    assert ("lovelace" in before, "xyzzy" in before) == (True, True)
    assert ("lovelace" in after, "xyzzy" in after) == (False, False)
    assert "my parcel did not arrive" in after


def test_an_address_in_its_own_script_is_struck_out(store, tmp_path):
    """Hosts are kept in punycode, and people write them in their own letters."""
    take(store, OFFICE, letter("Ask ada@m\u00fcnchen.example about it."), MONDAY)
    take(store, OFFICE, letter(From="ada@xn--mnchen-3ya.example", Message_ID="<2@x.example>"), MONDAY)
    care.erase_person(store, "ada@m\u00fcnchen.example", "maria", MONDAY)
    after = dumped(store, tmp_path)

    assert "ask […] about it." in after
    assert ("m\u00fcnchen" in after, "3ya" in after) == (False, False)
