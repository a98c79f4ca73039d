"""What is measured inside the product's process: a session to ask with, and what posting costs.

Run as `python -m benchmarks.inside session EMAIL` or `python -m benchmarks.inside posting`.
"""

import json
import os
import sys
import time
from statistics import median

import django

TRANSACTIONS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def session(email: str) -> str:
    """A signed-in session's key for one of the seeded people."""
    from django.test import Client

    from accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["session"].value


def posting(rounds: int = 60) -> dict[str, float]:
    """Median milliseconds and queries of posting an act to a small and to a large group, by turns."""
    from django.core.cache import cache
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.ids import new_public_id
    from accounts.models import User
    from groups.models import Group

    person = User.objects.get(email="one@bench.example")
    groups = Group.objects.of_member(person).annotate(size=Count("memberships")).order_by("size")
    small, large = groups.first(), groups.last()
    assert small is not None
    assert large is not None
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    spans: dict[str, list[float]] = {"small": [], "large": []}
    queries = 0
    for turn in range(rounds):
        for name, group in (("small", small), ("large", large)):
            fields = {
                "group": group.slug,
                "kind": "did",
                # The same words a moment later would be asked about.
                "text": f"Held door {turn}.",
                "share": "me",
                "done_on": person.today().isoformat(),
                "form_key": new_public_id(),
            }
            cache.clear()  # nobody may post as often as this does
            with CaptureQueriesContext(connection) as captured:
                begun = time.perf_counter()
                reply = client.post("/acts/", fields)
                spans[name].append((time.perf_counter() - begun) * 1000)
            if reply.status_code not in {302, 303}:
                raise RuntimeError(f"posting answered {reply.status_code}: {reply.content[:400]!r}")
            queries = max(
                queries,
                len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]),
            )
    return {"small_ms": median(spans["small"]), "large_ms": median(spans["large"]), "queries": queries}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    django.setup()
    print(session(sys.argv[2]) if sys.argv[1] == "session" else json.dumps(posting()))
