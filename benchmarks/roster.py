"""What reading a school's list costs: an export of many users, read, planned and applied in a process of its own.

Run as `python -m benchmarks.roster 10000`; what was imported is rolled back.
"""

import csv
import io
import json
import os
import resource
import sys
import time
import zipfile

import django

A_CLASS = 25


def export(users: int) -> io.BytesIO:
    """A bulk export of pupils in classes of twenty-five, each with a name of their own."""
    from groups.oneroster.tables import COLUMNS

    classes = max(users // A_CLASS, 1)
    rows: dict[str, list[dict[str, str]]] = {
        "orgs": [{"sourcedId": "school", "name": "School", "type": "school"}],
        "classes": [
            {
                "sourcedId": f"c{n}",
                "title": f"Class {n}",
                "grades": "04",
                "classType": "homeroom",
                "schoolSourcedId": "school",
            }
            for n in range(classes)
        ],
        "users": [
            {
                "sourcedId": f"u{n}",
                "enabledUser": "true",
                "orgSourcedIds": "school",
                "role": "student",
                "username": f"user{n}",
                "givenName": f"Child {_letters(n)}",
                "familyName": "Family",
                "email": f"user{n}@example.org",
                "phone": "555",
                "password": "secret",
            }
            for n in range(users)
        ],
        "enrollments": [
            {
                "sourcedId": f"e{n}",
                "classSourcedId": f"c{n % classes}",
                "schoolSourcedId": "school",
                "userSourcedId": f"u{n}",
                "role": "student",
            }
            for n in range(users)
        ],
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in rows.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, COLUMNS[name]["1.1"], restval="")
            writer.writeheader()
            writer.writerows(lines)
            archive.writestr(f"{name}.csv", text.getvalue())
        said = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.1"]
        archive.writestr("manifest.csv", "\r\n".join([*said, *(f"file.{name},bulk" for name in rows)]) + "\r\n")
    file.seek(0)
    return file


def _letters(number: int) -> str:
    """A word for a number, since a name has no five digits."""
    word = ""
    while True:
        word = chr(97 + number % 26) + word
        number //= 26
        if not number:
            return word


def measure(users: int) -> dict[str, float]:
    """Seconds of the first and of a second import of the same file, and the most memory that was held, in MB."""
    from django.db import transaction

    from accounts.models import User
    from groups.models import Authorization, Organization
    from groups.oneroster.apply import apply
    from groups.oneroster.plan import make_plan
    from groups.oneroster.school import read_school

    file = export(users)
    spans = []
    with transaction.atomic():
        organization = Organization.objects.create(name="A school")
        by = User.objects.create_user("roster@bench.example", name="Bench")
        Authorization.objects.give(organization, None, basis="school", given_by="Bench", by=by)
        for _turn in range(2):
            file.seek(0)
            begun = time.perf_counter()
            school = read_school(file, today=organization.today())
            if school.problems:
                raise RuntimeError(f"the export is wrong: {school.problems.shown[:3]}")
            seen = make_plan(organization, school).fingerprint
            apply(organization, school, by=by, seen=seen)
            spans.append(time.perf_counter() - begun)
        transaction.set_rollback(True)
    return {
        "first": spans[0],
        "second": spans[1],
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kindness_platform.settings")
    django.setup()
    print(json.dumps(measure(int(sys.argv[1]))))
