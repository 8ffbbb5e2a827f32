"""Django's settings. Values come from core/env.py; a surprising one says why beside it."""

import logging
from pathlib import Path

from django.utils.crypto import salted_hmac

from core.env import env
from core.http import policies

ROOT = Path(__file__).parent.parent
ENV = env()

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.allowed_hosts)
BASE_URL = ENV.base_url
ROOT_URLCONF = "core.urls"
ASGI_APPLICATION = "consumers.routing.application"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/sign-in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]  # each under its own name
LOCALE_PATHS = [ROOT / "core" / "locale"]
APPEND_SLASH = False

# Core knows the handlers' names only through this table, so it imports no other root.
EVENT_SUBSCRIPTIONS = "tasks.subscriptions.SUBSCRIPTIONS"
EVENT_SILENCE = "tasks.silence.SILENT"  # why some have none
# How an operator fires a schedule by hand: the clock stands above core, which does not import it.
RUN_SCHEDULE = "schedules.tick.tick_now"
# Whether a centre has school on a day: quiet hours ask, and the calendar stands above them.
IS_OPEN = "core.calendar.queries.is_open"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "corsheaders",
    "csp",
    "django_celery_beat",
    "django_celery_results",
    "ninja",
    "core.isolation",
    "core.metrics",
    "core.language",
    "core.audit",
    "core.http",
    "core.events",
    "core.live",
    "core.people",
    "core.calendar",
    "core.access",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "core.classes",
    "core.homework",
    "core.submissions",
    "core.demo",
    "core.notices",
    "core.mail",
    "core.ops",
    "core.jobs",
    "core.backups",
    "core.tickets",
    "core.imports",
    "core.canary",
    "core.files",
    "core.remarks",
    "core.reports",
    "core.rooms",
    "core.boards",
    "schedules",
]

MIDDLEWARE = [
    "core.http.request_id.RequestIdMiddleware",
    "core.http.watching.WatchingMiddleware",
    "core.http.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "core.http.language.LanguageMiddleware",
    "core.http.problems.ProblemMiddleware",
    "core.http.heads.HeadMiddleware",
    "core.http.intake.IntakeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.access.bearer.BearerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.gate.PermissionMiddleware",
    "core.http.idempotency.IdempotencyMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "core" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "core.templating.environment"},
    },
    {  # Django's admin is written in Django's own template language
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "core" / "templates" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "core.events.database",
        "NAME": ENV.db_name,
        "USER": ENV.db_user,
        "PASSWORD": ENV.db_password,
        "HOST": ENV.db_host,
        "PORT": ENV.db_port,
        # For web see core/http/threads.py; workers keep theirs by CELERY_DB_REUSE_MAX, too.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer, transaction mode
        # A kept connection whose other end is silently gone is given up within 10 seconds.
        "OPTIONS": {
            "connect_timeout": ENV.db_connect_timeout,
            "keepalives_idle": 4,  # seconds
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,  # ms
        },
    }
}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            # A URL, because a tuple host loses database and password. redis-py 8's defaults
            # (5 s socket timeout, 100 connections) kill idle sockets and refuse bursts.
            "hosts": [
                {"address": ENV.redis_url(1), "socket_timeout": None, "max_connections": 10_000}
            ],
            "capacity": 100,
            "expiry": 60,
        },
    }
}

PASSWORD_HASHERS = ["core.people.hashers.FrugalArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

PASSWORD_RESET_TIMEOUT = 3600  # seconds

# Tokens of API clients (docs/adr/0017).
JWT_KEY = (
    ENV.jwt_key.encode()
    or salted_hmac("core.access.jwt", "", secret=SECRET_KEY, algorithm="sha256").digest()
)
REQUIRE_SECOND_FACTOR = (
    not DEBUG if ENV.require_second_factor is None else ENV.require_second_factor
)
OTP_TOTP_ISSUER = "Schoolbell"
OTP_TOTP_SYNC = False  # phones know the time; a code from the edge shall not move what is accepted
# core/access/limits.py counts: django-otp's own delay doubles without end, so that whoever knows
# somebody's password could shut them out for years.
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_STATIC_THROTTLE_FACTOR = 0
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# Sessions live in PostgreSQL alone: a request never waits for Redis (docs/adr/0003).
SESSION_ENGINE = "core.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_AGE = 31_536_000  # a year
LANGUAGE_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = not DEBUG
CSRF_TRUSTED_ORIGINS = list(ENV.origins)
CSRF_FAILURE_VIEW = "core.http.problems.csrf_failure"
SECURE_SSL_REDIRECT = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What browsers may do with our pages, and programs of which origins may use the API (core/http).
CONTENT_SECURITY_POLICY = policies.content_policy(ENV.base_url)
CORS_ALLOWED_ORIGINS = list(ENV.allowed_origins)
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = policies.CORS_PATHS
CORS_ALLOW_METHODS = policies.CORS_METHODS
CORS_ALLOW_HEADERS = policies.CORS_REQUEST_HEADERS
CORS_EXPOSE_HEADERS = policies.CORS_ANSWER_HEADERS

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "static"
STATICFILES_DIRS = [ROOT / "core" / "static"]
# Names with the content's hash, so that nginx lets browsers keep them for ever.
HASHED_NAMES = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
PLAIN_NAMES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN_NAMES if DEBUG else HASHED_NAMES},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Files: bytes on a disk that web and workers share, what is known of them in PostgreSQL.
MEDIA_ROOT = ENV.media_dir
LARGEST_FILE = 100 * 2**20  # bytes
FILE_UPLOAD_HANDLERS = ["core.http.uploads.StreamToDisk"]  # never in memory
X_ACCEL_REDIRECT = ENV.x_accel_redirect
FILE_READERS = "core.file_readers.READERS"  # who may read what a thing's files hold

# Backups (docs/backups.md).
BACKUP_DIR = ENV.backup_dir
DB_DIRECT_HOST = ENV.db_direct_host or ENV.db_host
DB_DIRECT_PORT = ENV.db_direct_port
DB_BACKUP_LOGIN = (ENV.db_backup_user, ENV.db_backup_password)
DB_OWNER_LOGIN = (ENV.db_owner_user, ENV.db_owner_password)
PG_BIN = ENV.pg_bin

LIVE_HEARTBEAT = 5.0  # seconds; a hint lost on the way costs as much; membership lasts for 30
MAILBOX_DIR = ENV.mailbox_dir
FLOWER_URL = ENV.flower_url
SMTP_TIMEOUT = 20  # seconds
DELIVERY_LEASE = ENV.delivery_lease_seconds

LOG_FORMAT = ENV.log_format or ("line" if DEBUG else "json")
logging.captureWarnings(LOG_FORMAT == "json")  # they would be lines among the objects
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"ids": {"()": "core.events.context.IdsInLogs"}},
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s %(ids)s%(message)s",
        },
        "json": {"()": "core.log_lines.JsonLines"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": LOG_FORMAT,
            "filters": ["ids"],
        }
    },
    "root": {"handlers": ["stdout"], "level": ENV.log_level},
    "loggers": {
        # Flower asks workers for their settings; that one is too busy to answer is no news.
        "flower.inspector": {"level": "ERROR"},
        # They bring handlers of their own, which print lines.
        "django": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Addresses hold secrets of mailed links: who asked for what is nginx's to write down.
        "uvicorn.access": {"handlers": [], "propagate": False},
    },
}
