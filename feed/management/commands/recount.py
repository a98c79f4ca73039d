from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feed.recount import recount


class Command(BaseCommand):
    help = "Counts all acts, links and comments again and puts the kept totals right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only tell what is wrong, and fail if anything is")

    def handle(self, *args: Any, **options: Any) -> None:
        drifts = recount(mend=not options["check"])
        for drift in drifts:
            self.stdout.write(str(drift))
        if drifts and options["check"]:
            raise CommandError(f"{len(drifts)} totals are not what they count.")
        self.stdout.write(f"{len(drifts)} totals put right." if drifts else "Every total is what it counts.")
