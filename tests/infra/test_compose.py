"""What docker-compose.yml, the Dockerfile and .env.example promise, as far as it can be read from them."""

import re

import pytest

from tests import postgres
from tests.infra import compose

pytestmark = pytest.mark.once

SECRETS = ("SECRET_KEY", "MASTER_KEY", "POSTGRES_PASSWORD", "OWNER_DB_PASSWORD", "APP_DB_PASSWORD")
NEEDED = ("DOMAIN", "OPERATOR", *SECRETS)


def filled():
    """An .env as somebody would fill it in."""
    return compose.example() | {name: f"{name.lower()}-of-the-test" for name in NEEDED}


@pytest.mark.parametrize("name", NEEDED)
def test_it_refuses_to_start_without(name):
    """A clear message, not an empty password."""
    with pytest.raises(compose.MissingError, match=rf"{name}.*is missing\. Copy \.env\.example to \.env"):
        compose.fill(compose.raw(), filled() | {name: ""})


def test_it_is_complete_with_the_example_filled_in():
    """Nothing else is needed."""
    compose.fill(compose.raw(), filled())


def test_every_variable_is_explained_and_used():
    """In .env.example, with a comment above, and nothing there that isn't used."""
    used = {found[0] for found in compose.REFERENCE.findall(compose.text())}
    assert used == set(compose.example())


def test_no_secret_has_a_value():
    """Neither a default in the compose file nor a value in the example."""
    assert not [name for name in NEEDED if compose.example()[name]]
    assert not re.search(r"(PASSWORD|SECRET|KEY)\w*:-[^}]", compose.text())
    assert "POSTGRES_HOST_AUTH_METHOD" not in compose.text()


def test_only_caddy_is_reachable():
    """The database and the app have no port of their own; the database reaches nothing outside."""
    services = compose.raw()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["db"]["networks"] == ["inside"]
    assert compose.raw()["networks"]["inside"] == {"internal": True}


def test_everything_that_stays_has_a_health_check():
    """The image has the one of the app."""
    services = compose.raw()["services"]
    assert {name for name, service in services.items() if "test" in service.get("healthcheck", {})} == {
        "db",
        "caddy",
        "remind",
    }
    assert compose.dockerfile("HEALTHCHECK")[-1] == ".docker/health"
    assert services["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_app_never_has_the_role_that_owns_the_tables():
    """The owner's password reaches the one-shot migration and the database alone."""
    for name in ("web", "live", "remind", "caddy"):
        assert "owner" not in str(compose.service(name, filled()))
    for name in ("web", "remind"):
        assert "reconnect_app:" in compose.service(name, filled())["environment"]["DATABASE_URL"]


def test_reminders_are_sent_by_a_service_of_their_own():
    """The same image, round after round; it reaches mail server and push services, and nothing reaches it."""
    found = compose.service("remind", filled())
    assert found["image"] == compose.service("web", filled())["image"]
    assert found["command"] == ["remind", "--every", "60", "--alive", "/tmp/remind"]
    assert found["healthcheck"]["test"] == ["CMD", ".docker/health", "/tmp/remind"]
    assert found["networks"] == ["inside", "outside"]
    assert found["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "ports" not in found
    assert "volumes" not in found
    assert {"/tmp"} <= set(found["tmpfs"])


def test_streams_have_a_process_of_their_own_behind_the_same_address():
    """Caddy sends `/live/` there, unbuffered and uncompressed, and all the rest to the pages."""
    text = (compose.ROOT / ".docker" / "Caddyfile").read_text()
    assert "\tgrace_period 3s\n" in text
    assert "handle /live/ {\n\t\treverse_proxy live:8000 {\n\t\t\tflush_interval -1" in text
    assert "handle {\n\t\tencode zstd gzip\n\t\treverse_proxy web:8000" in text
    live, web = (compose.service(name, filled()) for name in ("live", "web"))
    assert live["command"] == ["live"]
    assert live["environment"]["DATABASE_URL"] == web["environment"]["DATABASE_URL"]
    assert int(live["stop_grace_period"].removesuffix("s")) >= 3
    assert compose.raw()["services"]["caddy"]["depends_on"]["live"] == {"condition": "service_started"}
    start = (compose.ROOT / ".docker" / "start").read_text()
    assert "live)\n    exec python manage.py serve --prepared --host 0.0.0.0" in start


def test_the_database_writes_no_values_into_its_log():
    """As the server of the tests, whose log is read when they end: a failed statement is told without what was in it."""
    told = compose.service("db", filled())["command"]
    quiet = dict(line.split(" = ") for line in postgres.QUIET.splitlines())
    assert told == [
        "postgres",
        *(word for name, value in quiet.items() for word in ("-c", f"{name}={value}")),
    ]


def test_the_image_runs_as_a_plain_user_from_hashed_packages():
    """And only what the image needs is sent to the builder."""
    text = (compose.ROOT / "Dockerfile").read_text()
    assert compose.dockerfile("USER") == ["reconnect"]
    assert text.count("\nFROM ") == 2
    assert "--require-hashes" in text
    assert (compose.ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_the_access_log_knows_no_token():
    """Only the first part of a path, no header; nothing at all of Help and of leaving."""
    text = (compose.ROOT / ".docker" / "Caddyfile").read_text()
    pattern = re.search(r'request>uri regexp "([^"]+)" "\$1"', text)[1]
    for address in (
        "/join/secret-token/",
        "/join/secret-token?x=1",
        "/accounts/confirm-email/key/",
        "/notes?q=mine",
        "/reminders/off/secret-token/",
    ):
        assert re.sub(pattern, r"\1", address) in ("/join", "/accounts", "/notes", "/reminders")
    assert "request>headers delete" in text
    assert "@help path /help /help/* /exit/ /healthz /live/\n\tlog_skip @help" in text
    assert text.count("import quiet") == 2
