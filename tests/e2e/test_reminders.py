"""The button that lets a device show reminders, in a real browser whose push service is made up."""

import json
import re

import pytest
from playwright.sync_api import expect

from couples.reminders.models import Device
from tests.e2e.people import press
from tests.reminders.push import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "Remind me on this device"
STAGE = """
    const said = %s, calls = window.calls = [];
    let there = said.there;
    const unsubscribe = async () => { calls.push("end"); there = false; };
    const made = () => ({ toJSON: () => ({ endpoint: said.endpoint, keys: said }), unsubscribe });
    const pushManager = {
        getSubscription: async () => there ? made() : null,
        subscribe: async (options) => { calls.push(options); if (said.fails) throw new Error("offline"); return made(); },
    };
    const ready = said.worker ? Promise.resolve({ pushManager }) : new Promise(() => {});
    const register = async () => ({}), getRegistration = async () => null, addEventListener = () => {};
    const quiet = { ready, register, getRegistration, addEventListener, controller: null };
    Object.defineProperty(Navigator.prototype, "serviceWorker", { value: quiet });
    window.PushManager = said.never ? undefined : class {};
    const requestPermission = async () => { calls.push("asked"); return said.answer; };
    window.Notification = { permission: said.permission, requestPermission };
"""


@pytest.fixture
def opened(window, transactional_db):
    """Open the page as alex, in a browser that is like this."""
    from tests.conftest import link, person

    alex = person("alex")
    link(alex, person("sam"))

    def open_page(**like):
        said = {"there": False, "worker": True, "permission": "default", "answer": "granted", **like}
        browser = Browser("https://fcm.googleapis.com/fcm/send/one")
        one = window()
        one.context.add_init_script(f"(() => {{ {STAGE % json.dumps({**browser.fields, **said})} }})()")
        return one.sign_in(alex).go("/reminders/")

    return open_page


def calls(page):
    return page.evaluate("window.calls")


def test_it_asks_when_the_button_is_pressed_and_not_before(opened):
    page = opened()
    expect(page.get_by_role("button", name=NAME)).to_be_visible()
    assert calls(page) == []
    press(page, NAME)
    expect(page.get_by_text("This device shows your reminders now.")).to_be_visible()
    assert Device.objects.count() == 1
    expect(page.get_by_text("This one")).to_be_visible()
    press(page, re.compile("Stop reminders there.*Chrome on Linux"))
    expect(page.get_by_text("That device shows no more reminders.")).to_be_visible()
    assert not Device.objects.exists()


def test_the_service_is_told_our_key_and_a_former_address_is_ended_first(opened):
    page = opened(there=True, fails=True)
    press(page, NAME)
    expect(page.get_by_role("alert")).to_contain_text("That didn’t work")
    asked, ended, options = calls(page)
    assert (asked, ended) == ("asked", "end")
    assert options["userVisibleOnly"] is True
    assert len(options["applicationServerKey"]) == 87
    assert not Device.objects.exists()


@pytest.mark.parametrize("answer", ["denied", "default"])
def test_a_no_is_a_no(opened, answer):
    page = opened(answer=answer)
    press(page, NAME)
    expect(page.get_by_role("alert")).to_contain_text("isn’t allowed to show anything")
    assert calls(page) == ["asked"]


@pytest.mark.parametrize(
    ("like", "words"),
    [
        ({"never": True}, "This browser can’t show reminders"),
        ({"permission": "denied"}, "isn’t allowed to show anything"),
    ],
)
def test_where_it_cannot_be_that_is_said_and_nothing_offered(opened, like, words):
    page = opened(**like)
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_role("button", name=NAME)).to_be_hidden()


def test_without_a_service_worker_nothing_is_offered(opened):
    page = opened(worker=False)
    expect(page.get_by_role("heading", name="Your devices")).to_be_visible()
    expect(page.get_by_role("button", name=NAME)).to_be_hidden()
