"""Theo teaches a class."""

import pytest
from django.test import Client

from accounts.models import User
from tests.client import CheckedClient
from tests.factories import make_user


@pytest.fixture
def theo(db: None) -> User:
    return make_user("Theo Teacher")


@pytest.fixture
def as_theo(theo: User) -> Client:
    client = CheckedClient()
    client.force_login(theo)
    return client
