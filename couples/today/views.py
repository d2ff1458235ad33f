"""The top floor: gathers from the rooms."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from couples.access import Request


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The start page for visitors; Today for members."""
    return render(request, "today/start.html")


@require_GET
def more(request: Request) -> HttpResponse:
    """The rest of the house."""
    return render(request, "today/more.html")
