"""What the two have to do with a strategy, on its page: the strategies themselves know nothing of couples."""

from typing import Any

from django import template
from django.template.context import Context

from couples.checkins.focusing import Stand, earlier, stands
from couples.core.couple import Member
from couples.core.middleware import enter
from couples.core.practice import STEP, Done
from couples.core.shared import Shared
from strategies.reading import Strategy

register = template.Library()


def done_in(strategy: Strategy) -> list[str]:
    """What counts as having done something of a strategy: its small steps, and the rooms of its practices."""
    rooms = [one.url.strip("/").partition("/")[0] for one in strategy.built if one.url]
    return [*(STEP + step.slug for step in strategy.steps), *rooms]


@register.filter
def seen_by(row: Shared, member: Member) -> str:
    """The word for who sees a row today, as its model says."""
    return row.sees(member).value


@register.inclusion_tag("checkins/panel.html", takes_context=True)
def our_panel(context: Context, strategy: Strategy) -> dict[str, Any]:
    """What the two did of it, as a picture of weeks, and what they say of it. Nothing for anybody but two who are linked."""
    request = context["request"]
    if not getattr(request.user, "agreed", False):
        return {"shown": False}
    # The page is public, so nobody has been let in yet.
    member = enter(request, request.user)
    if member.partner is None:
        return {"shown": False}
    stand = stands(member).get(strategy.slug, Stand(strategy.slug))
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "shown": True,
        "strategy": strategy,
        "weeks": Done.objects.weeks(member, done_in(strategy)),
        "stand": stand,
        "earlier": earlier(member, stand),
    }
