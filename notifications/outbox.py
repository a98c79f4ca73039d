"""The one way to tell somebody something: `queue` writes it down, and the sender finds it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications import channels, kinds, tasks
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Notice

AT_A_TIME = 1000


def queue(
    recipient: User | str,
    kind: str,
    key: str,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    context: Mapping[str, int | str] | None = None,
    lane: int = 0,
) -> Notice:
    """Write down what somebody is to be told, in the caller's transaction. Asking twice makes one notice.

    Args:
        recipient: a person, or a bare address for somebody who has no account (yet).
        kind: the name of a registered kind.
        key: what makes it one thing: the same recipient, kind and key are never told twice.
        due_at: when it may be sent and shown; now, if left out.
        expires_at: when it is no longer worth sending; else the kind's lifetime after `due_at`.
        context: ids only; words are made when the notice is shown or sent.
        lane: the id of the group it is about, so that a busy group does not hold up the others.
    """
    how = kinds.get(kind)
    due = due_at or timezone.now()
    person, address = (recipient, "") if isinstance(recipient, User) else (None, recipient.strip().lower())
    with transaction.atomic():
        # get_or_create tries the insert in a savepoint and takes the other row when it loses the race.
        notice, is_new = Notice.objects.get_or_create(
            recipient=person,
            address=address,
            kind=kind,
            key=key,
            defaults={
                "context": dict(context or {}),
                "in_app": how.in_app and person is not None,
                "due_at": due,
                "expires_at": expires_at or (due + how.lifetime if how.lifetime else None),
            },
        )
        if is_new:
            for channel in _channels(how, person):
                delivery = Delivery.objects.create(
                    notice=notice, channel=channel, manner=how.manner, lane=lane, not_before=due
                )
                tasks.ring_on_commit(delivery)
    return notice


def _channels(how: Kind, person: User | None) -> Iterable[str]:
    """How it goes to them; to a bare address by mail alone."""
    if person is None:
        return [Channel.MAIL] if how.mail else []
    return channels.for_people(how, [person.pk])[person.pk]


def queue_for_many(
    kind: str, people: Iterable[int], key: str, *, context: Mapping[str, int | str], lane: int = 0
) -> None:
    """Write down one and the same thing for any number of people (ids), a thousand at a time; the next tick sends it.

    Like `queue` for each of them, at the cost of a few queries for all.
    """
    how, due = kinds.get(kind), timezone.now()
    expires = due + how.lifetime if how.lifetime else None
    people = sorted(set(people))
    for start in range(0, len(people), AT_A_TIME):
        some = people[start : start + AT_A_TIME]
        ways = channels.for_people(how, some)
        fixed = {"kind": kind, "key": key, "due_at": due, "expires_at": expires, "in_app": how.in_app}
        with transaction.atomic():
            notices = [Notice(recipient_id=person, context=dict(context), **fixed) for person in some]
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
            new = Notice.objects.filter(recipient__in=some, kind=kind, key=key, deliveries=None)
            Delivery.objects.bulk_create(
                [
                    Delivery(notice_id=pk, channel=channel, manner=how.manner, lane=lane, not_before=due)
                    for pk, person in new.values_list("pk", "recipient_id")
                    for channel in ways[person or 0]
                ],
                ignore_conflicts=True,
            )


def queue_all(kind: str, told: Iterable[tuple[int, str, Mapping[str, int | str]]]) -> None:
    """Write down one thing for several people at once: like `queue` for each of them.

    Args:
        kind: the name of a registered kind. Those who are told in the app alone cost one query together.
        told: for each person their id, the key and the context.
    """
    how, due, told = kinds.get(kind), timezone.now(), list(told)
    ways = channels.for_people(how, {person for person, _key, _context in told})
    reached = [person for person, found in ways.items() if found]
    # A letter is for somebody who is still there; what stands in the app alone asks nobody for that.
    wanted = list(ways) if how.mail else reached
    people = User.objects.in_bulk(wanted) if wanted else {}
    for person, key, context in told:
        if person in people and ways[person]:
            queue(people[person], kind, key, due_at=due, context=context)
    notices = [
        Notice(
            recipient_id=person,
            kind=kind,
            key=key,
            context=dict(context),
            in_app=how.in_app,
            due_at=due,
            expires_at=due + how.lifetime if how.lifetime else None,
        )
        for person, key, context in told
        if not ways[person] and (person in people or not how.mail)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def withdraw(kind: str, keys: Iterable[str]) -> None:
    """Take back what nobody has read yet, since it is no longer so; queued again, it is news again."""
    Notice.objects.filter(kind=kind, key__in=list(keys), read_at=None).delete()


def withdraw_about(thing: str, ids: Iterable[int], *, people: Iterable[int]) -> None:
    """Take back from these people what they have not read yet of something that is out of their sight by now.

    Args:
        thing: what it is called in the notices' context, such as "group".
        ids: of those things.
        people: the ids of those who were told.
    """
    told = Notice.objects.filter(recipient__in=people, in_app=True, read_at=None)
    told.filter(**{f"context__{thing}__in": list(ids)}).delete()
