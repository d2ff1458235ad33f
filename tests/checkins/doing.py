"""What the tests of check-ins do over and over: through the views, as anybody would."""

import html
import re
import uuid

from django.contrib.messages import get_messages
from django.urls import reverse

from couples.checkins.models import CheckIn
from couples.core.news import News
from couples.space.actions import accept, confirm
from couples.space.models import Invitation
from strategies.reading import all_strategies
from tests.crawl import bare, crawl
from tests.space.conftest import link_of, newest

SLUGS = [one.slug for one in all_strategies()]
CAUSES = ("routine", "stress", "communication", "conflict", "priorities")
CALM = {"closeness": "5", **dict.fromkeys(CAUSES, "0"), "feelings": "tired", "wish": "A walk by the river"}


def check_in(client, **answers):
    """Begin this week's check-in, or write it anew; its id."""
    there = client.get(reverse("checkins:new"))  # where there is one, this leads to it
    path = there.url if there.status_code == 302 else reverse("checkins:new")
    answer = client.post(path, {"note": "", **(answers or CALM)})
    assert answer.status_code == 302, answer.content.decode()
    return uuid.UUID(answer.url.split("/")[2])


def to(client, route, pk, **data):
    """Send one of a check-in's forms; the page that follows."""
    answer = client.post(reverse(f"checkins:{route}", args=[pk]), data, follow=True)
    return html.unescape(answer.content.decode())


def sealed(client, **answers):
    """Check in and seal it."""
    pk = check_in(client, **answers)
    to(client, "seal", pk)
    return pk


def reveal(browse, one=None, other=None):
    """Both check in and seal; their ids, alex's first."""
    return sealed(browse("alex"), **(one or {})), sealed(browse("sam"), **(other or {}))


def is_open(pk):
    return CheckIn.objects.get(pk=pk).opens_on is not None


def say(client, slug, says):
    """Say something of a strategy, on its page; the page that follows."""
    answer = client.post(reverse("checkins:choose", args=[slug]), {"says": says}, follow=True)
    return html.unescape(answer.content.decode())


def both_say(browse, slug, one="focus", other=None):
    say(browse("alex"), slug, one)
    say(browse("sam"), slug, other or one)


def read(client, path="/"):
    """A page, as it reads."""
    return html.unescape(client.get(path).content.decode())


def said(answer):
    """What is said to somebody by an answer, whether or not there was more to say before."""
    return [str(message) for message in get_messages(answer.wsgi_request)._queued_messages]


def news_of(member):
    return sorted(News.objects.visible_to(member).values_list("kind", flat=True))


def everything(client):
    """All that somebody can reach: pages by links, and those of the strategies, where both say something."""
    strategies = {f"/strategies/{slug}/": client.get(f"/strategies/{slug}/") for slug in SLUGS}
    return crawl(client) | {path: bare(answer.content.decode()) for path, answer in strategies.items()}


def link_again(cast, one="alex", other="sam"):
    """Two who are alone become a couple."""
    accept(getattr(cast, other), Invitation.objects.of_token(link_of(getattr(cast, one))))
    confirm(newest(getattr(cast, one)))


def step_on_page(page):
    """The slug of the small step on Today; None where there is none, or where it can't be pressed."""
    found = re.search(r'action="/checkins/step/\w+/".*?name="step" value="([^"]+)"', page, re.DOTALL)
    return found[1] if found else None
