"""Settings, all of them from the environment; `docs/self-hosting.md` lists the variables.

Nothing set means production: no debug pages, no default secret, secure cookies. `make run` sets
GOODTURN_MODE=demo, which is the same code on the loopback address with demo data and kept mail.
"""

import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env

# Time zones come from the locked wheel, so that every machine and every release of it reckons alike.
zoneinfo.reset_tzpath(to=())

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.str("GOODTURN_MODE", "production")
DEMO = MODE == "demo"
if MODE not in {"production", "demo"}:
    raise ImproperlyConfigured(f"GOODTURN_MODE is {MODE!r}; it may be 'production' or 'demo'.")

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
KEYS_DIR = DATA_DIR / "keys"
DEBUG = env.bool("DEBUG", default=False)
SITE_NAME = env.str("SITE_NAME", "Goodturn")
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000" if DEMO else "").rstrip("/")
# For a network of one's own, as in a school; whoever listens there can read along (docs/deploying.md).
PLAIN_HTTP = env.bool("PLAIN_HTTP", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[]) or (
    ["127.0.0.1", "localhost", "[::1]"] if DEMO else [urlsplit(BASE_URL).hostname or ""]
)


def _stored_key(name: str) -> str:
    """A key that was made once and kept with the data; empty before that."""
    key_file = KEYS_DIR / name
    return key_file.read_text().strip() if key_file.is_file() else ""


# From the environment, else the one that `make serve` wrote once.
SECRET_KEY = env.str("SECRET_KEY", _stored_key("secret_key"))
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])


def _refuse_unsafe_production() -> None:
    """Production starts only with settings that keep its promises (SAFETY B2)."""
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure") or len(set(SECRET_KEY)) < 10:
        raise ImproperlyConfigured("SECRET_KEY is missing, short or a default; give it at least 50 random characters.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG is on; it may only be on with GOODTURN_MODE=demo.")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS may not hold '*'; name the hosts.")
    if not BASE_URL.startswith(("https://", "http://") if PLAIN_HTTP else "https://"):
        raise ImproperlyConfigured("BASE_URL must begin with https:// (for example https://kind.example.org).")


if DEMO:
    SECRET_KEY = SECRET_KEY or "demo-only-key-for-the-loopback-address-never-for-production"
else:
    _refuse_unsafe_production()

INSTALLED_APPS = [
    "feed",
    "challenges",
    "groups",
    "notifications",
    "accounts",
    "kindness_platform",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "kindness_platform.operator_config.OperatorConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages are 20 to 45 KB of text; compressed they are 5 to 8. Django pads each reply against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "kindness_platform.middleware.PrivateByDefaultMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "groups.middleware.PupilGateMiddleware",
    "accounts.middleware.PersonalClockMiddleware",
    "accounts.middleware.TermsMiddleware",
    "kindness_platform.middleware.NoNulMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "kindness_platform.urls"
WSGI_APPLICATION = "kindness_platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kindness_platform.context.site",
            ],
            "builtins": ["kindness_platform.templatetags.goodturn"],
        },
    }
]

# The main database, and in the embedded mode a second SQLite file for the cache and the queue, so
# that a busy queue never waits for a writer of acts. SQLite does not let writers wait in line, so whoever is unlucky
# among twenty may wait long before it is their turn; they shall wait, and not fail (SAFETY F4).
_SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=60000; "
        "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASES: dict[str, Any] = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'goodturn.sqlite3'}", conn_max_age=600)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that does not even refuse would keep every request waiting for minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
REDIS_URL = env.str("REDIS_URL", "")
# The limits stand in the cache. Django would keep 300 rows and throw others away to make room: whoever asks from
# a few hundred addresses would wipe out what is held against everybody.
CACHE_ROWS = {"MAX_ENTRIES": 100_000}
QUEUE_FILE = DATA_DIR / "queue.sqlite3"
# A Redis that hangs must not make everybody wait with it.
REDIS_CACHE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
}
CACHES: dict[str, Any]
if REDIS_URL:
    CACHES = {"default": REDIS_CACHE}
else:
    DATABASES["queue"] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": QUEUE_FILE,
        "OPTIONS": {**_SQLITE_OPTIONS, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        "TEST": {"DEPENDENCIES": []},
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            "OPTIONS": CACHE_ROWS,
        }
    }
DATABASE_ROUTERS = ["kindness_platform.routers.QueueRouter"]

CELERY_BROKER_URL = REDIS_URL or f"sqla+sqlite:///{QUEUE_FILE}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
# A worker keeps no more bells than it can hear: another one is free to answer them, and they do not die with it.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A wake-up that cannot be published is found by the next tick; a request never waits for the broker.
CELERY_TASK_PUBLISH_RETRY = False
# Longer than any task may run, so that nothing is delivered twice while it is still at work.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 900,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        # Without these, asking a broker that is away for a channel tries again for six seconds.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.2,
    }
    if REDIS_URL
    else {}
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A tick that nobody has heard by the next one is dropped, so that they do not pile up while a worker is away.
    "tick": {
        "task": "notifications.tasks.tick",
        # On the minute, since that is what people choose; a schedule by the second has any phase.
        "schedule": env.float("TICK_SECONDS", 0) or crontab(),
        "options": {"expires": 55},
    },
    "forget": {"task": "kindness_platform.tasks.forget", "schedule": 60 * 60.0},
    "sweep": {"task": "kindness_platform.tasks.sweep_queue", "schedule": 60 * 60.0},
}

# Mail. MAIL_URL is smtp://user:password@host:587?tls=starttls (or smtps://…:465).
MAIL_URL = env.str("MAIL_URL", "")
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", f"{SITE_NAME} <goodturn@{urlsplit(BASE_URL).hostname or 'localhost'}>")


def _mailer() -> dict[str, Any]:
    """SMTP where MAIL_URL names a server; otherwise mail is kept in the database."""
    if not MAIL_URL:
        return {"BACKEND": "notifications.mail.KeptMailBackend"}
    url = urlsplit(MAIL_URL)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ImproperlyConfigured("MAIL_URL must look like smtp://user:password@host:587?tls=starttls")
    options = {
        "host": url.hostname,
        "port": url.port or (465 if url.scheme == "smtps" else 587),
        "username": url.username or "",
        "password": url.password or "",
        "use_ssl": url.scheme == "smtps",
        "use_tls": url.scheme == "smtp" and "tls=starttls" in url.query,
        "timeout": 20,
    }
    return {"BACKEND": "notifications.smtp.LineBackend", "OPTIONS": options}


# A claim holds so long: longer than one letter may take (`notifications.smtp`), or it would be sent twice.
LEASE_SECONDS = env.float("LEASE_SECONDS", 120)
# How much leaves at most; 0 is no limit. Mail services name the first; the second keeps one busy group from others.
MAIL_PER_SECOND = env.float("MAIL_PER_SECOND", 0)
MAIL_PER_GROUP_AND_HOUR = env.int("MAIL_PER_GROUP_AND_HOUR", 20_000)
MAIL_PER_PERSON_AND_DAY = env.int("MAIL_PER_PERSON_AND_DAY", 8)
MAILERS: dict[str, Any] = {"default": _mailer()}
# What accounts has to mail goes out through the room above it, which accounts does not import.
ACCOUNT_MAILER = "notifications.account_mail.queue"

# Mail services that report to /hooks/mail/<name>/ which letters came back. Off unless named here, and never without
# a secret: whoever could report would decide who gets no letters.
MAIL_HOOKS: list[str] = env.list("MAIL_HOOKS", default=[])
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("MAIL_HOOK_SECRET", ""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_SIGNING_KEY", ""),
}


def _refuse_open_hooks() -> None:
    from_all, of_mailgun = ANYMAIL["WEBHOOK_SECRET"], ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"]
    if from_all and (":" not in from_all or len(from_all) < 20):
        raise ImproperlyConfigured("MAIL_HOOK_SECRET must look like name:password, with a long password.")
    for name in MAIL_HOOKS:
        if not (of_mailgun if name == "mailgun" else from_all):
            needed = "MAILGUN_SIGNING_KEY" if name == "mailgun" else "MAIL_HOOK_SECRET"
            raise ImproperlyConfigured(f"MAIL_HOOKS names {name}, which also needs {needed}.")


_refuse_open_hooks()

# Messages on devices. The key is made once, when an installation is prepared for the first time (`prepare`), and
# PUSH_SERVICES adds servers such as one's own "https://push.example.org" to those of the browsers.
PUSH_KEY = env.str("PUSH_KEY", _stored_key("push_key"))
PUSH_SERVICES: list[str] = env.list("PUSH_SERVICES", default=[])

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.pupils.PupilBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.OwnWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Django signs out every other browser when a password changes; this one stays.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if BASE_URL.startswith("http://") else "https"
# Six digits, as people know them; the number of tries and the ten minutes keep guessing hopeless.
_SIX_DIGITS = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_FORMAT = _SIX_DIGITS
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = _SIX_DIGITS
# How long a confirmation ("it is still me") is good for.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
MFA_ADAPTER = "accounts.keys.KeysAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = SITE_NAME
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TRUST_ENABLED = False
# A passkey holds nothing that could be guessed, and a whole school may share one address.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}


def _sign_in_servers() -> list[dict[str, Any]]:
    """The accounts elsewhere that one may sign in with: those whose variables are set, all of them."""
    tenant = env.str("MICROSOFT_TENANT", "")
    known = [
        ("google", "GOOGLE", "Google", "https://accounts.google.com", []),
        ("microsoft", "MICROSOFT", "Microsoft", f"https://login.microsoftonline.com/{tenant}/v2.0", ["TENANT"]),
        ("sso", "OIDC", env.str("OIDC_NAME", "SSO"), env.str("OIDC_SERVER", "").rstrip("/"), ["SERVER"]),
    ]
    found = []
    for key, prefix, name, address, more in known:
        needed = {end: env.str(f"{prefix}_{end}", "") for end in (*more, "CLIENT_ID", "CLIENT_SECRET")}
        missing = [f"{prefix}_{end}" for end, value in needed.items() if not value]
        if len(missing) == len(needed):
            continue
        if missing:
            raise ImproperlyConfigured(f"Signing in with {name} also needs {' and '.join(missing)}.")
        if not address.startswith("https://"):
            raise ImproperlyConfigured("OIDC_SERVER must begin with https://")
        app = {"provider_id": key, "name": name, "client_id": needed["CLIENT_ID"], "secret": needed["CLIENT_SECRET"]}
        found.append({**app, "settings": {"server_url": address}})
    return found


_SERVERS = _sign_in_servers()
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"oidc": {"APPS": _SERVERS}}
SOCIALACCOUNT_ADAPTER = "accounts.oidc.ProvidersAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)

LANGUAGE_CODE = "en"
# Each language by its own name. What is compiled from `locale/` lies with the data (`kindness_platform.translations`).
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [DATA_DIR / "locale"]
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "kindness_platform.onesheet.OneSheetFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
PHOTO_MAX_BYTES = env.int("PHOTO_MAX_BYTES", 12 * 1024 * 1024)
# What is sent stays in memory, a photo's worth of a request at most (feed.uploads): it never touches the disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "feed.uploads.StopLargePhotos",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
]

# No inline script or style anywhere, so no nonce; `form-action` gains configured sign-in providers.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [
        CSP.SELF,
        *("{0.scheme}://{0.netloc}".format(urlsplit(app["settings"]["server_url"])) for app in _SERVERS),
    ],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
_HTTPS = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63072000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
CSRF_FAILURE_VIEW = "kindness_platform.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"routes only": {"()": "kindness_platform.logs.RoutesOnly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["routes only"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
