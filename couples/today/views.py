"""The top floor: gathers from the rooms."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from couples.access import Request
from couples.core.middleware import enter
from couples.today.gather import gather
from strategies.reading import all_strategies, premise


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this is. Signed in: Today."""
    if not request.user.is_authenticated:
        context = {
            "premise": premise(),
            "strategies": all_strategies(),
            "signup_open": settings.SIGNUP != "closed",
        }
        return render(request, "today/start.html", context)
    if not request.user.agreed:
        return redirect("space:welcome")
    member = enter(request, request.user)
    return render(request, "today/today.html", {"today": gather(member), "member": member})


@require_GET
def more(request: Request) -> HttpResponse:
    """The rest of the house."""
    return render(request, "today/more.html")
