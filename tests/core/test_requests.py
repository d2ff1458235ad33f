"""Headers, sessions that end in the middle of a sentence, addresses with NUL, exit, health."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.module_loading import import_string

from couples.notes.models import Note

pytestmark = pytest.mark.django_db


def test_signed_in_pages_are_never_stored_and_carry_every_header(cast, browse):
    answer = browse("alex").get(reverse("notes:home"))
    assert answer["Cache-Control"] == "no-store, private"
    assert "HX-Request" in answer["Vary"]
    csp = answer["Content-Security-Policy"]
    assert csp.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in csp
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_session_that_ended_gives_the_words_back(cast, browse):
    client = Client(enforce_csrf_checks=False)
    answer = client.post(
        reverse("notes:new"), {"what": "You <b>waited</b> for me", "meaning": "I felt held", "password": "no"}
    )
    text = answer.content.decode()
    assert answer.status_code == 401
    assert "What you wrote is still here" in text
    assert 'value="You &lt;b&gt;waited&lt;/b&gt; for me"' in text
    assert 'name="password"' not in text
    assert not Note.objects.exists()


def test_a_fragment_without_a_session_gets_401_and_no_page(cast):
    answer = Client().get(reverse("notes:home"), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.content == b""


def test_an_old_token_gives_the_words_back_to_a_form_of_ours_only(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alex, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    data = {"what": "You waited for me", "meaning": "I felt held"}
    ours = client.post(reverse("notes:new"), data, headers={"Origin": "http://testserver"})
    assert ours.status_code == 403
    assert "You waited for me" in ours.content.decode()
    for origin in ("https://evil.example", "null", ""):
        theirs = client.post(reverse("notes:new"), data, headers={"Origin": origin} if origin else {})
        assert theirs.status_code == 403
        assert "You waited for me" not in theirs.content.decode()
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "path", ["/notes/%00/", "/notes/?after=%00", "/%00", "/join/%00/", "/notes/?show=%00"]
)
def test_nul_in_an_address_is_not_found(cast, browse, path):
    assert browse("alex").get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/notes/?after=%ED%A0%80", "/notes/?show=%F0%9F%92%94&order=%u0000", "/notes/?after=" + "9" * 5000],
)
def test_odd_addresses_do_no_harm(cast, browse, path):
    assert browse("alex").get(path).status_code == 200


def test_exit_ends_the_session_and_leads_away(cast, browse):
    client = browse("alex")
    answer = client.post(reverse("exit"))
    assert answer.status_code == 303
    assert answer["Location"] == django_settings.EXIT_URL
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/notes/").status_code == 302
    assert client.get(reverse("exit")).status_code == 405
    other = browse("alex")
    other.post(reverse("exit"), headers={"Sec-Fetch-Site": "cross-site"})
    assert other.get("/notes/").status_code == 200


def test_healthz_says_ok_or_503(db, monkeypatch):
    assert Client().get("/healthz").content == b"ok"
    from django.db import DatabaseError, connection

    def broken():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", broken)
    assert Client().get("/healthz").status_code == 503


def test_maintenance_is_for_everybody_but_help(cast, browse, settings):
    settings.MAINTENANCE = True
    answer = browse("alex").get("/notes/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert browse("").get("/help/").status_code == 200
    assert browse("alex").post("/exit/").status_code == 303
    assert browse("").get("/healthz").status_code == 200


def test_sign_in_keeps_out_foreign_addresses(cast):
    client = Client()
    for wrong in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        answer = client.post(
            reverse("account_login"),
            {"login": "alex@example.org", "password": "a quiet evening in", "next": wrong},
        )
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"]
        client.logout()


def test_without_a_mail_server_no_link_to_an_account_stands_in_the_log(cast, capsys, mailoutbox):
    Client().post(reverse("account_reset_password"), {"email": "alex@example.org"})
    said = capsys.readouterr()
    assert "reset/key" not in said.out + said.err
    assert not mailoutbox


def test_a_missing_static_file_is_stored_nowhere(cast, browse):
    assert browse("alex").get("/static/none.css")["Cache-Control"] == "no-store, private"


def test_changing_the_password_ends_the_other_sessions(cast, client, browse):
    other = browse("alex")
    assert other.get("/notes/").status_code == 200
    client.post(reverse("account_login"), {"login": "alex@example.org", "password": "a quiet evening in"})
    client.post(reverse("account_reauthenticate"), {"password": "a quiet evening in"})
    new = {
        "oldpassword": "a quiet evening in",
        "password1": "another quiet evening",
        "password2": "another quiet evening",
    }
    client.post(reverse("account_change_password"), new)
    assert client.get("/notes/").status_code == 200
    assert other.get("/notes/").status_code == 302


def test_a_body_of_any_size_is_refused_before_it_is_written(monkeypatch):
    import asyncio

    from reconnect.asgi import MOST_BYTES, bounded

    async def app(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            pass
        said.append("stopped")

    async def send(message):
        said.append(message.get("status"))

    async def receive():
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    said = []
    asyncio.run(bounded(app)({"type": "http", "headers": []}, receive, send))
    assert said == ["stopped"]
    said.clear()
    long = [(b"content-length", str(MOST_BYTES + 1).encode())]
    asyncio.run(bounded(app)({"type": "http", "headers": long}, receive, send))
    assert said[0] == 413


@pytest.mark.parametrize(
    "value", [r'"aaaaaaaaaaaaaaaa\000"', r'"\377\376aaaaaaaaaaaaaa"', "x" * 5000, r'"a:\000"']
)
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "browser", "invitation"])
def test_a_hostile_cookie_is_none(cast, browse, name, value):
    visitor, alex = Client(), browse("alex")
    cookie = f"{name}={value}"
    assert visitor.get("/accounts/login/", HTTP_COOKIE=cookie).status_code == 200
    wrong = {"login": "alex@example.org", "password": "x"}
    assert visitor.post("/accounts/login/", wrong, HTTP_COOKIE=cookie).status_code == 422
    key = f"sessionid={alex.session.session_key}"
    cookies = f"{cookie}; {key}" if name == "sessionid" else f"{key}; {cookie}"
    assert alex.get("/space/", HTTP_COOKIE=cookies).status_code == 200


@pytest.mark.parametrize(
    "charset", ["base64", "rot13", "idna", "undefined", "utf-7", "latin-1", '"x"', "\u00e9"]
)
@pytest.mark.parametrize("path", ["/accounts/login/", "/exit/", "/notes/new/", "/drafts/notes.new/"])
def test_a_charset_that_is_none_of_text_is_refused(cast, browse, path, charset):
    body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\nx@y.org\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    for client in (Client(), browse("alex")):
        assert client.generic("POST", path, body, content_type=kind).status_code == 400
        plain = f"application/x-www-form-urlencoded; charset={charset}"
        assert client.generic("POST", path, b"login=x", content_type=plain).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_the_charset_of_our_forms_is_taken(db, charset):
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = Client().generic("POST", "/accounts/login/", b"login=x", content_type=kind)
    assert answer.status_code == 422


UNREADABLE = "text/plain; x*=bogus''%41"


@pytest.mark.parametrize("path", django_settings.MIDDLEWARE)
def test_what_middleware_of_ours_does_around_a_request_it_does_around_it_on_every_server(path):
    """Django hands a coroutine, and not an answer, to a ``__call__`` that says that it can take one."""
    middleware = import_string(path)
    if "__call__" in vars(middleware) and not path.startswith(("django.", "allauth.")):
        assert not getattr(middleware, "async_capable", False)


def test_a_content_type_that_cannot_be_read_is_none_by_wsgi():
    from reconnect.wsgi import application

    told = {}
    environ = RequestFactory()._base_environ(PATH_INFO="/help/", CONTENT_TYPE=UNREADABLE)
    application(environ, lambda status, headers: told.update({"status": status, **dict(headers)})).close()
    assert told["status"] == "200 OK"
    assert "Content-Security-Policy" in told


def test_a_content_type_that_cannot_be_read_is_none_by_asgi():
    from reconnect.asgi import application

    sent, asked = [], []

    async def receive():
        if asked:
            await asyncio.Event().wait()
        asked.append(True)
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", UNREADABLE.encode())]
    scope = {"type": "http", "method": "GET", "path": "/help/", "headers": headers, "query_string": b""}
    async_to_sync(application)(scope, receive, send)
    assert sent[0]["status"] == 200
    assert b"Content-Security-Policy" in dict(sent[0]["headers"])
