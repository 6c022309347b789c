"""What agents do to a case besides its status, and cases that touch each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from service.made import DAYS, HOUR, JOAN, JORDI, MONDAY, RULE, Story, at, opening

from feedback_service.domain import Message, RefusedError, apply, fold
from feedback_service.domain.acts import (
    Linked,
    assign,
    erase,
    link_article,
    publish_draft,
    rate,
    redact,
    request_draft,
    set_due,
    set_priority,
    set_tags,
    snooze,
    transfer,
)
from feedback_service.domain.joins import follow_up, home_of, merge, split, unmerge
from feedback_service.domain.messages import bounced, note, notified, reply
from feedback_service.domain.moves import close, mark_spam, resolve
from feedback_service.domain.notices import notices

TEAM = ("jordi", "maria")


def refused(act, *arguments, **more) -> RefusedError:
    """Return how an act is refused."""
    with pytest.raises(RefusedError) as caught:
        act(*arguments, **more)
    return caught.value


def closed() -> Story:
    """Make a case that is answered and closed."""
    return Story().reply(1).do(resolve, at(2)).do(close, at(3))


def message(name: str, sender: str = "requester", case: str = "c1") -> Message:
    """Write a message."""
    return Message(name, case, "public", sender, "somebody", "Hola", MONDAY)


def test_assigning_opens():
    """Who gets a case has taken it; the same again changes nothing."""
    story = Story().do(assign, at(1), "maria", TEAM)

    assert (story.case.assignee, story.case.status) == ("maria", "open")
    assert assign(story.case, at(2), "maria", TEAM) == ()
    assert story.do(assign, at(2), None, TEAM).case.assignee is None


def test_an_assignee_outside_the_team():
    """The answer names those who may have it."""
    error = refused(assign, Story().case, at(1), "joan", TEAM)

    assert (error.answer, error.field, error.allowed) == ("invalid", "assignee", TEAM)


def test_a_transfer_leaves_a_new_case_new():
    """In the other team nobody has taken it yet; the assignee stays behind."""
    story = Story().do(transfer, at(1), "billing", ["billing", "shop"])

    assert (story.case.status, story.case.team) == ("new", "billing")
    assert story.do(assign, at(2), "maria", TEAM).do(transfer, at(3), "shop", ["billing", "shop"]).case.assignee is None
    assert refused(transfer, story.case, at(4), "legal", ["billing", "shop"]).allowed == ("billing", "shop")


def test_events_say_what_was_before():
    """An audit trail is read, not counted together."""
    event = Story().do(set_priority, at(1), "urgent").events[1]

    assert (event.before, event.after) == ({"priority": "normal"}, {"priority": "urgent"})


@pytest.mark.parametrize(
    ("act", "value", "allowed"),
    [
        (set_priority, "asap", ("low", "normal", "high", "urgent")),
        (link_article, Linked("a1", "r1", "liked"), ("used", "sent", "created", "flagged")),
    ],
)
def test_values_that_do_not_exist(act, value, allowed):
    """The answer names those that do."""
    error = refused(act, Story().case, at(1), value)

    assert (error.answer, error.allowed) == ("invalid", allowed)


def test_tags_are_tidy():
    """One spelling for each tag, each once, not too many, not too long, nothing invisible."""
    assert Story().do(set_tags, at(1), ["Refund ", "refund", "late  parcel", "ÈXIT", " "]).case.tags == ("late parcel", "refund", "èxit")
    assert refused(set_tags, Story().case, at(1), [str(number) for number in range(21)]).reason == "too_many_tags"
    assert refused(set_tags, Story().case, at(1), ["x" * 51]).reason == "bad_tag"
    assert refused(set_tags, Story().case, at(1), ["a\u202eb"]).reason == "bad_tag"


def test_due_and_snooze_lie_where_they_can():
    """Due not before the case came in, a snooze ahead; a resolved case is not put off."""
    story = Story()

    assert refused(set_due, story.case, at(1), MONDAY - HOUR).reason == "due_before_created"
    assert refused(snooze, story.case, at(1), MONDAY + HOUR).reason == "snooze_in_past"
    assert refused(snooze, Story().reply(1).do(resolve, at(2)).case, at(3), MONDAY + DAYS).allowed == ("open", "closed")
    assert story.do(set_due, at(1), MONDAY + DAYS).do(snooze, at(1), MONDAY + HOUR * 2).case.due_at == MONDAY + DAYS
    assert story.do(set_due, at(1), None).case.due_at is None


def test_articles_are_linked_once():
    """The same article, revision and kind is one link; who linked it is known."""
    story = Story().do(link_article, at(1), Linked("a1", "r1")).do(link_article, at(2), Linked("a1", "r1"))
    story.do(link_article, at(3, by=JORDI), Linked("a1", "r2", "sent"))

    assert [(link.article, link.revision, link.kind, link.by) for link in story.case.links] == [
        ("a1", "r1", "used", "maria"),
        ("a1", "r2", "sent", "jordi"),
    ]


def test_an_article_is_asked_for_and_comes():
    """A closed case still learns that the article it asked for is there."""
    story = Story().do(request_draft, at(1), idea="w7").do(resolve, at(2), "no_action").do(close, at(3))

    assert story.do(publish_draft, at(99, by=RULE), Linked("a9", "r9"), idea="w7").events[-1].type == "draft_published"


def test_only_the_requester_rates_and_the_last_word_counts():
    """After the case is resolved, closed too; spam is not rated."""
    story = Story().reply(1)

    assert refused(rate, story.case, at(1, by=JOAN), "good").reason == "not_resolved"

    story.do(resolve, at(2)).do(rate, at(3, by=JOAN), "bad").do(close, at(4)).do(rate, at(5, by=JOAN), "good")

    assert story.case.satisfaction == "good"
    assert refused(rate, story.case, at(6), "good").answer == "forbidden"
    assert refused(rate, story.case, at(6, by=JOAN), "so-so").allowed == ("good", "bad")
    assert refused(rate, Story().do(mark_spam, at(1)).case, at(2, by=JOAN), "good").reason == "not_resolved"


@pytest.mark.parametrize(
    "wish",
    [
        lambda case, act: assign(case, act, "maria", TEAM),
        lambda case, act: transfer(case, act, "billing", ["billing"]),
        lambda case, act: set_priority(case, act, "high"),
        lambda case, act: set_tags(case, act, ["a"]),
        lambda case, act: set_due(case, act, MONDAY + DAYS),
        lambda case, act: snooze(case, act, MONDAY + 9 * DAYS),
        lambda case, act: link_article(case, act, Linked("a", "r")),
        lambda case, act: request_draft(case, act, idea="w1"),
        lambda case, act: reply(case, act, "m1"),
        lambda case, act: split(case, act, [message("m1")], ["m1"], opening("c9", 9, split_from="c1")),
        lambda case, act: merge(case, Story(name="c2", number=2).case, act),
    ],
)
def test_requesters_do_none_of_it_and_closed_cases_take_none_of_it(wish):
    """What agents may do, requesters may not; and nothing is done to a closed case."""
    assert refused(wish, Story().case, at(1, by=JOAN)).answer == "forbidden"
    assert refused(wish, closed().case, at(9)).answer == "conflict"
    assert wish(Story().case, at(1))


def test_merging_closes_and_leads_on():
    """The source is a duplicate, later messages go to the target, and the undo puts it back where it stood."""
    source, target = Story().reply(1), Story(name="c2", number=2)
    pair = merge(source.case, target.case, at(2))
    merged, absorbing = apply(source.case, pair.source), apply(target.case, pair.target)

    assert (merged.status, merged.close_reason, merged.merged_into) == ("closed", "duplicate", "c2")
    assert (absorbing.absorbed, absorbing.status) == (("c1",), "open")
    assert home_of(merged, {"c2": absorbing}.get) == absorbing

    undone = unmerge(merged, absorbing, at(3))
    back = apply(merged, undone.source)

    assert (back.status, back.close_reason, back.merged_into, back.closed_at) == ("open", None, None, None)
    assert apply(absorbing, undone.target).absorbed == ()
    assert refused(unmerge, back, absorbing, at(4)).reason == "not_merged"


def test_undoing_the_merge_of_a_resolved_case():
    """It is resolved again, for the reason that it had."""
    source, target = Story().do(resolve, at(1), "no_action"), Story(name="c2", number=2)
    pair = merge(source.case, target.case, at(2))
    undone = unmerge(apply(source.case, pair.source), apply(target.case, pair.target), at(3))

    assert apply(source.case, (*pair.source, *undone.source)).close_reason == "no_action"


def test_merges_that_are_none():
    """Into itself, into a closed case, round in a circle, or between strangers without a second look."""
    story, other = Story(), Story(name="c2", number=2, requester="r2")

    assert refused(merge, story.case, story.case, at(1)).reason == "merge_cycle"
    assert refused(merge, story.case, closed().case, at(9)).reason == "merge_cycle"
    assert refused(merge, other.case, closed().case, at(9)).reason == "target_closed"
    assert refused(merge, story.case, other.case, at(1)).allowed == ("confirmed",)

    merged = apply(story.case, merge(story.case, other.case, at(1), confirmed=True).source)

    assert refused(merge, other.case, merged, at(2)).reason == "merge_cycle"


def test_messages_split_off():
    """The chosen messages make a case of their own; it says where it comes from, and the old one where they went."""
    story = Story().write(1)
    pair = split(story.case, at(2), [message("m1"), message("m2", "agent")], ["m1"], opening("c9", 9, split_from="c1"))

    assert pair.source[0].after == {"into": "c9", "messages": ("m1",)}
    assert fold(pair.target).split_from == "c1"
    assert notices(fold(pair.target), pair.target) == ()


def test_splits_that_are_none():
    """Messages of another case, or none of the requester's."""
    new = opening("c9", 9, split_from="c1")
    messages = [message("m1"), message("m2", "agent"), message("m3", case="c5")]

    assert refused(split, Story().case, at(1), messages, ["m3"], new).reason == "unknown_message"
    assert refused(split, Story().case, at(1), messages, ["m2"], new).reason == "nothing_asked"
    assert refused(split, Story().case, at(1), messages, [], new).reason == "nothing_asked"


def test_a_follow_up_knows_what_it_follows():
    """Only closed and resolved cases have one."""
    pair = follow_up(closed().case, at(900, by=JOAN), opening("c2", 2, follow_up_of="c1"))

    assert fold(pair.target).follow_up_of == "c1"
    assert refused(follow_up, Story().case, at(1, by=JOAN), opening("c2", 2, follow_up_of="c1")).reason == "still_open"
    assert (
        refused(follow_up, Story().do(mark_spam, at(1)).case, at(2, by=JOAN), opening("c2", 2, follow_up_of="c1")).reason == "no_follow_up"
    )


def test_erasing_twice_is_once():
    """An open case is closed by it, and the key of the person is gone from the case."""
    story = Story()
    first = erase(story.case, at(5))
    gone = apply(story.case, first)

    assert (gone.status, gone.close_reason, gone.requester, gone.closed_at) == ("closed", "erased", "", MONDAY + 5 * HOUR)
    assert erase(gone, at(6)) == ()
    assert refused(mark_spam, gone, at(7)).reason == "erased"


def test_what_a_closed_case_still_notes():
    """Notes, redaction, bounces and notices change nothing of it."""
    story = closed().do(note, at(5), "n1").do(redact, at(6), "m1").do(bounced, at(7, by=RULE), "m1").do(notified, at(8, by=RULE), "x")

    assert story.case.status == "closed"
    assert refused(redact, story.case, at(9, by=JOAN), "m1").answer == "forbidden"


def test_who_is_told():
    """One acknowledgement to a person, none to a program; replies go out; whoever has the case hears of messages."""
    story = Story()

    assert [each.kind for each in notices(story.case, story.events)] == ["acknowledgement"]
    assert notices(story.case, story.events, from_robot=True) == ()

    story.do(assign, at(1), "jordi", TEAM).reply(2).write(3).do(resolve, at(4))
    told = [(each.kind, each.to) for each in notices(story.case, story.events[1:])]

    assert told == [("assigned", "agent:jordi"), ("reply", "requester"), ("message_in", "agent:jordi"), ("satisfaction", "requester")]
    assert notices(story.case, Story().do(assign, at(1), "maria", TEAM).events[1:2]) != ()


def test_spam_is_silent():
    """Nobody is told that his spam was found."""
    story = Story().do(mark_spam, at(1))

    assert notices(story.case, story.events) == ()


def test_nobody_is_told_what_he_did_himself():
    """Who takes a case needs no mail about it; the old assignee's name plays no part."""
    story = Story().do(assign, at(1), "maria", TEAM)

    assert notices(story.case, story.events[1:]) == ()
    assert story.case.updated_at - MONDAY == timedelta(hours=1)


def test_a_new_case_that_is_snoozed_stays_asleep():
    """The first act of an agent opens a case; a snooze that opened it is not ended by that."""
    story = Story().do(snooze, at(1), MONDAY + DAYS)

    assert (story.case.status, story.case.snoozed_until) == ("open", MONDAY + DAYS)
