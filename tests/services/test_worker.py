"""A real worker over a real broker: the database is the list, so losing the bell loses nobody's letter.

Each test runs twice, over Redis and over the queue in SQLite (see the fixture `installation`).
"""

import pytest

from tests.services.conftest import Installation

pytestmark = pytest.mark.services

# A letter of a kind that everybody has: "somebody asked about an account, and there is none".
WRITE = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import AccountMail
from notifications.account_mail import queue
for number in range({count}):
    queue(AccountMail.objects.create(
        address=f"mia{{number}}@example.org", template="unknown_account", language="en",
        expires_at=timezone.now() + timedelta(hours=1),
    ))
"""
TICK = "from notifications.tasks import tick; tick.delay()"
SOMEBODY_CLAIMS_ONE_AND_DIES = """
from notifications.models import Delivery
first = Delivery.objects.earliest("pk").pk
assert Delivery.objects.claim(first)
Delivery.objects.filter(pk=first).update(lease_until=timezone.now() - timedelta(seconds=1))
"""


def people(count: int) -> list[str]:
    return sorted(f"mia{number}@example.org" for number in range(count))


def test_a_letter_goes_out_at_once_and_a_killed_worker_is_followed_by_another(installation: Installation) -> None:
    installation.start_worker()
    installation.ask(WRITE.format(count=1))
    installation.until(lambda: installation.mailed() == people(1))
    installation.kill_worker()
    installation.ask(WRITE.format(count=2).replace("mia{number}", "stan{number}"))
    installation.lose_the_queue()
    installation.start_worker()
    installation.ask(TICK)
    everybody = sorted([*people(1), "stan0@example.org", "stan1@example.org"])
    installation.until(lambda: installation.mailed() == everybody)


def test_a_broker_that_forgets_everything_loses_no_letter(installation: Installation) -> None:
    """Not even the one that a worker had in its hands when it died; and nobody is told twice."""
    installation.ask(WRITE.format(count=5) + SOMEBODY_CLAIMS_ONE_AND_DIES)
    installation.lose_the_queue()
    installation.start_worker()
    installation.ask(TICK)
    installation.until(lambda: installation.mailed() == people(5))
    # Two beats ring at once, and then comes a letter, sent after them, that shows they were heard.
    installation.ask(f"{TICK}; {TICK}\n" + WRITE.format(count=1).replace("mia{number}", "stan"))
    installation.until(lambda: "stan@example.org" in installation.mailed())
    assert installation.mailed() == sorted([*people(5), "stan@example.org"])
