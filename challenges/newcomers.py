"""A pupil who comes to a class takes part from their own today on in what the class is doing."""

from accounts.models import User
from challenges.models import Challenge
from groups.models import Group
from groups.newcomers import register


def welcome(group: Group, user: User) -> None:
    running = Challenge.objects.filter(group=group, cancelled_at=None, ends_on__gte=group.organization.today())
    for challenge in running:
        challenge.welcome(user)


register(welcome)
