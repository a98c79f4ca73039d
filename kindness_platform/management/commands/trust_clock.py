"""Say that the clock of this machine is right, after it has jumped and sending waits."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications import wall_clock


class Command(BaseCommand):
    help = "Say that the clock of this machine is right, after it has jumped and sending waits."

    def handle(self, *args: Any, **options: Any) -> None:
        wall_clock.believe()
        self.stdout.write("The clock is believed; sending goes on with the next tick.")
