"""The public reading pages: the premise with the ten strategies, and one page for each."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from strategies.reading import all_strategies, premise, strategy


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Why two people drift, the five causes, and the ten strategies."""
    return render(request, "strategies/index.html", {"premise": premise(), "strategies": all_strategies()})


@login_not_required
@require_GET
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One strategy with its practices; 404 for an unknown slug."""
    try:
        shown = strategy(slug)
    except KeyError:
        raise Http404 from None
    every = all_strategies()
    place = every.index(shown)
    context = {
        "strategy": shown,
        "count": len(every),
        "before": every[place - 1] if place else None,
        "after": every[place + 1] if place + 1 < len(every) else None,
    }
    return render(request, "strategies/detail.html", context)
