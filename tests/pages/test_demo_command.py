"""Where the demo is made, and where it is not."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_it_leaves_a_database_with_people_alone() -> None:
    make_user("Olive")
    out = StringIO()
    call_command("demo", stdout=out)
    assert User.objects.count() == 1
    assert "nothing was changed" in out.getvalue()


def test_it_makes_nobody_outside_of_the_demo() -> None:
    assert settings.DEMO
    with override_settings(DEMO=False), pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()
