"""All settings, in one file, by environment.

| variable | meaning | default |
| --- | --- | --- |
| ``DATA`` | folder for the SQLite file and the keys | ``data/`` beside ``manage.py`` |
| ``DATABASE_URL`` | a PostgreSQL address; without it SQLite in ``DATA`` | |
| ``DATABASE_ACTS_AS`` | a PostgreSQL role that requests take on, where the connection's own could pass by the policies | |
| ``LIVE_DATABASE_URL`` | the database without a pooler between, to hear what changed | ``DATABASE_URL`` |
| ``SECRET_KEY`` | signing key; without it, the file ``DATA/secret-key`` made on first run, mode 0600 | |
| ``MASTER_KEY`` | 32 random bytes (base64 or 64 hex digits), which wrap all other keys; while one takes the place of
another both, the newest first, with a comma between. Without it, the file ``DATA/master-key``, made on first use, mode
0600 | |
| ``PUBLIC_URL`` | address people type, scheme included; https turns on secure cookies and HSTS | http://localhost:PORT |
| ``PORT`` | where ``manage.py serve`` listens | 8000 |
| ``ALLOWED_HOSTS`` | further host names, comma separated | |
| ``DEBUG`` | 1 while developing | |
| ``SIGNUP`` | ``open``, ``invitation`` or ``closed`` | open |
| ``OPERATOR`` | who runs this server, as people here would say it | |
| ``EXIT_URL`` | neutral page that *Exit this page* opens | https://www.bbc.co.uk/weather |
| ``EMAIL_HOST`` | a mail server; without it no mail leaves. Its ``_PORT``, ``_HOST_USER``, ``_HOST_PASSWORD``, ``_USE_TLS`` | |
| ``EMAIL_FROM`` | the sender of its mails | |
| ``PUSH_HOSTS`` | further push services, comma separated: host names (``*.example.org`` for all below one), or whole origins
(``http://localhost:9000``) for a service of your own | |
| ``HELPLINES`` | a file of your own in place of ``couples/help/helplines.toml`` | |
| ``TRUSTED_PROXIES`` | how many proxies stand before the app | 0 |
| ``MAINTENANCE`` | 1 shows the maintenance page to everybody | |
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from reconnect import logs
from reconnect.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA") or BASE_DIR / "data").expanduser().resolve()

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(DATA)
MASTER_KEY = os.environ.get("MASTER_KEY", "")

PUBLIC_URL = (os.environ.get("PUBLIC_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}").rstrip(
    "/"
)
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "localhost"
HTTPS = PUBLIC_URL.startswith("https://")
MORE_HOSTS = [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",") if name.strip()]
ALLOWED_HOSTS = [PUBLIC_HOST, "localhost", "127.0.0.1", "[::1]", *MORE_HOSTS]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

SIGNUP = os.environ.get("SIGNUP") or "open"
OPERATOR = os.environ.get("OPERATOR", "")
EXIT_URL = os.environ.get("EXIT_URL") or "https://www.bbc.co.uk/weather"
HELPLINES = os.environ.get("HELPLINES", "")
MAINTENANCE = os.environ.get("MAINTENANCE") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "reconnect",
    "strategies",
    "couples",
]

MIDDLEWARE = [
    "reconnect.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "reconnect.static.StaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "couples.core.wall.WallMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reconnect.htmx.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "couples.space.again.AgainMiddleware",
    "couples.space.middleware.TokenMiddleware",
    "couples.reminders.devices.DeviceMiddleware",
    "couples.space.middleware.InvalidMiddleware",
    "couples.core.middleware.MemberMiddleware",
]

ROOT_URLCONF = "reconnect.urls"
WSGI_APPLICATION = "reconnect.wsgi.application"
ASGI_APPLICATION = "reconnect.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "couples.core.context.instance",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "couples.templatetags.page",
                "couples.templatetags.reconnect",
            ],
        },
    }
]
FORM_RENDERER = "couples.core.forms.Renderer"
# It takes a default hour of the day for the present moment, within some seconds of it.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]

if os.environ.get("DATABASE_URL"):
    if not os.environ["DATABASE_URL"].startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured(
            "DATABASE_URL is an address of PostgreSQL (postgresql://…). Leave it empty for SQLite, in the folder DATA."
        )
    DATABASES = {"default": dict(dj_database_url.parse(os.environ["DATABASE_URL"]))}
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "reconnect.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
                # What is deleted, keys above all, is overwritten in the file and not only forgotten.
                "PRAGMA secure_delete=ON;",
            },
        }
    }
LIVE_DATABASE_URL = os.environ.get("LIVE_DATABASE_URL", "")
DATABASE_ACTS_AS = os.environ.get("DATABASE_ACTS_AS", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Only rate limits are counted in it. At Django's 300 a few hundred tries elsewhere would wipe out the counts.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "couples.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
HAS_MAIL = bool(EMAIL_HOST)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if HAS_MAIL else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = (os.environ.get("EMAIL_USE_TLS") or "1") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM") or f"Reconnect <reconnect@{PUBLIC_HOST}>"
EMAIL_SUBJECT_PREFIX = ""
PUSH_HOSTS = [name.strip() for name in os.environ.get("PUSH_HOSTS", "").split(",") if name.strip()]

ACCOUNT_ADAPTER = "couples.space.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "couples.core.people.display_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL else "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = HAS_MAIL
# A code is typed where sign-up began, so confirming goes on to where it was leading: a passkey, perhaps an invitation.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = HAS_MAIL
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The session in which the password is changed goes on; Django ends all others, whose hash no longer fits.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = HAS_MAIL
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FORM_CLASS = "couples.space.forms.SignUpForm"
ACCOUNT_FORMS = {
    "login": "couples.space.accounts.SignInForm",
    "add_email": "couples.space.accounts.AddressForm",
    "signup": "couples.space.accounts.JoinForm",
    "confirm_email_verification_code": "couples.space.accounts.ConfirmForm",
    "request_login_code": "couples.space.accounts.CodeForm",
    "reset_password": "couples.space.accounts.ForgottenForm",
    "reset_password_from_key": "couples.space.accounts.NewPasswordForm",
    "change_password": "couples.space.accounts.OtherPasswordForm",
}
# Nothing counts by account alone, so nobody can keep somebody out: couples/space/limits.py makes the keys.
ACCOUNT_RATE_LIMITS = {
    # allauth's own count all that one network sends; ours leave out browsers that are known.
    **dict.fromkeys(["login", "request_login_code", "reset_password", "reset_password_from_key"], ""),
    "password_failed": "20/5m/ip,5/5m/key,50/d/key",
    "password_failed_known": "10/5m/key,100/d/key",
    # allauth's own: wrong codes of a second step, which one reaches with the first alone. Its key is the account.
    "login_failed": "5/5m/key",
    "signup": "20/h/ip",
    "code_for": "20/h/ip,5/15m/key",
    "code_for_known": "5/15m/key",
    # allauth's own counts by network alone. Each sign-up counts above, and codes for one's own next address here.
    "confirm_email": "",
    "confirm_next": "5/m/user,40/h/user",
    "password_for": "20/h/ip,5/15m/key",
    "password_for_known": "5/15m/key",
    "reauthenticate": "10/5m/user",
    "change_password": "10/5m/user",
    "manage_email": "20/5m/user",
    "unknown_invitation": "30/h/key",
}

# Ways in: a passkey alone; or password or mailed code, and then the second factor where one is set.
MFA_ADAPTER = "couples.space.mfa.Adapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": ""}
# Without mail nobody could help whoever loses the passkey: there an account begins with a password.
MFA_PASSKEY_SIGNUP_ENABLED = HAS_MAIL
MFA_ALLOW_UNVERIFIED_EMAIL = not HAS_MAIL
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Reconnect"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "couples.space.factors.SecondFactorForm",
    "authenticate_webauthn": "couples.space.factors.PasskeyForm",
    "reauthenticate": "couples.space.factors.CodeAgainForm",
    "reauthenticate_webauthn": "couples.space.factors.PasskeyAgainForm",
    "login_webauthn": "couples.space.factors.PasskeySignInForm",
    "signup_webauthn": "couples.space.factors.AddPasskeyForm",
    "add_webauthn": "couples.space.factors.AddPasskeyForm",
    "edit_webauthn": "couples.space.factors.NamePasskeyForm",
    "activate_totp": "couples.space.factors.AppForm",
}

ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES") or 0)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / ".build" / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ROOT = None

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "reconnect.views.csrf_failure"
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LOGGING = logs.configuration()
