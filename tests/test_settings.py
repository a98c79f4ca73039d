"""Production keeps its promises or does not start (SAFETY B2); each start has an empty environment."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETUP = "import django; django.setup()"
KEY = secrets.token_urlsafe(60)
GOOD = {"SECRET_KEY": KEY, "BASE_URL": "https://kind.example.org"}
PRINT = (
    "from django.conf import settings as s\n"
    "print(s.DEBUG, s.DEMO, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
    " s.SECURE_HSTS_SECONDS > 31536000, s.ALLOWED_HOSTS, s.SESSION_COOKIE_NAME)"
)


def start(tmp_path: Path, code: str = PRINT, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    clean |= {"DJANGO_SETTINGS_MODULE": "kindness_platform.settings"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("name", "environment", "said"),
    [
        ("no key", GOOD | {"SECRET_KEY": ""}, "SECRET_KEY"),
        ("a short key", GOOD | {"SECRET_KEY": "short"}, "SECRET_KEY"),
        ("a default key", GOOD | {"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY"),
        ("a key of one letter", GOOD | {"SECRET_KEY": "a" * 80}, "SECRET_KEY"),
        ("debug pages", GOOD | {"DEBUG": "true"}, "DEBUG"),
        ("any host", GOOD | {"ALLOWED_HOSTS": "kind.example.org,*"}, "ALLOWED_HOSTS"),
        ("an http address", GOOD | {"BASE_URL": "http://kind.example.org"}, "BASE_URL"),
        ("no address", {"SECRET_KEY": KEY}, "BASE_URL"),
        ("no address for plain http", {"SECRET_KEY": KEY, "PLAIN_HTTP": "1"}, "BASE_URL"),
        ("an unknown mode", GOOD | {"GOODTURN_MODE": "debug"}, "GOODTURN_MODE"),
        ("a mail address of another kind", GOOD | {"MAIL_URL": "ftp://example.org"}, "MAIL_URL"),
        ("reports by anybody", GOOD | {"MAIL_HOOKS": "postmark"}, "MAIL_HOOK_SECRET"),
        ("reports by a short word", GOOD | {"MAIL_HOOKS": "postmark", "MAIL_HOOK_SECRET": "a:b"}, "MAIL_HOOK_SECRET"),
        ("unsigned reports", GOOD | {"MAIL_HOOKS": "mailgun"}, "MAILGUN_SIGNING_KEY"),
    ],
)
def test_production_refuses(tmp_path: Path, name: str, environment: dict[str, str], said: str) -> None:
    done = start(tmp_path, **environment)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert said in last


def test_production_refuses_a_cache_that_forgets(tmp_path: Path) -> None:
    (tmp_path / "forgetful.py").write_text(
        "from kindness_platform.settings import *\n"
        "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.dummy.DummyCache'}}\n"
    )
    done = start(tmp_path, SETUP, **GOOD, DJANGO_SETTINGS_MODULE="forgetful", PYTHONPATH=f"{ROOT}:{tmp_path}")
    assert "DummyCache" in done.stderr.strip().splitlines()[-1]


def test_nothing_set_is_production_and_does_not_start(tmp_path: Path) -> None:
    assert "SECRET_KEY is missing" in start(tmp_path).stderr


def test_a_key_and_an_address_are_enough_and_safe(tmp_path: Path) -> None:
    done = start(tmp_path, **GOOD)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False False True True True True ['kind.example.org'] __Host-session"


def test_plain_http_has_to_be_asked_for_and_costs_what_needs_encryption(tmp_path: Path) -> None:
    done = start(tmp_path, **GOOD | {"BASE_URL": "http://kind.school", "PLAIN_HTTP": "1"})
    assert done.stdout.strip() == "False False False False False False ['kind.school'] session"
    still = start(tmp_path, **GOOD, PLAIN_HTTP="1")
    assert still.stdout.strip() == "False False True True True True ['kind.example.org'] __Host-session"


def test_the_demo_answers_only_on_this_machine(tmp_path: Path) -> None:
    done = start(tmp_path, GOODTURN_MODE="demo")
    assert done.stdout.startswith("False True False False False False ['127.0.0.1', 'localhost', '[::1]']")


def test_the_shipped_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    check = "from django.core.management import call_command as c; c('check', deploy=True, fail_level='WARNING')"
    done = start(tmp_path, f"{SETUP}; {check}", **GOOD)
    assert done.returncode == 0, done.stderr
