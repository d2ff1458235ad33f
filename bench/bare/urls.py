"""One page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.bare.models import Note


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    """The latest twenty of the person who is signed in."""
    return render(
        request,
        "notes.html",
        {"notes": Note._default_manager.filter(owner=request.user).order_by("-day")[:20]},
    )


urlpatterns = [path("", notes)]
