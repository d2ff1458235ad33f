"""``/styleguide/``: every component on one page, for whoever builds the next room. Only while DEBUG is on."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from couples.core.forms import Pick

SEES = [
    ("both", "Both of you, now"),
    ("sealed", "When both have answered"),
    ("from_day", "From a day on"),
    ("only_you", "Only you, for now"),
]


class SampleForm(forms.Form):
    """One field for each kind of input that the rooms use."""

    did = forms.CharField(
        label="What Sam did",
        help_text="A small, true thing works better than a big word.",
        widget=forms.Textarea(attrs={"class": "said"}),
        max_length=2000,
    )
    meant = forms.CharField(
        label="What it meant to you",
        widget=forms.Textarea,
        max_length=240,
        error_messages={"required": "Say in a few words what it meant to you."},
    )
    sees = forms.ChoiceField(
        label="Who sees it", widget=Pick(circles={kind: kind for kind, _ in SEES}), choices=SEES
    )
    mood = forms.ChoiceField(
        label="How it felt",
        widget=forms.RadioSelect,
        choices=[("1", "Lighter"), ("2", "The same"), ("3", "Harder")],
    )
    feelings = forms.MultipleChoiceField(
        label="Feelings",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("calm", "calm"), ("tired", "tired"), ("hopeful", "hopeful")],
    )
    place = forms.CharField(label="Place", required=False, help_text="Where it happens, if you know already.")
    email = forms.EmailField(label="E-mail")
    kind = forms.ChoiceField(
        label="Kind", choices=[("night", "Date night"), ("hobby", "Shared hobby"), ("getaway", "Getaway")]
    )
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}))
    amount = forms.IntegerField(label="Saved so far", min_value=0)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    photo = forms.FileField(label="Photo", required=False)
    keep = forms.BooleanField(
        label="Remind me the evening before",
        required=False,
        help_text="By e-mail, without a word about what it is.",
    )


def _today() -> datetime.date:
    return datetime.date(2026, 11, 28)


@require_http_methods(["GET", "POST"])
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show everything; a POST shows the form's errors (or a toast when there are none). 404 unless DEBUG."""
    if not settings.DEBUG:
        raise Http404
    form = SampleForm(request.POST or None, initial={"sees": "both", "kind": "night"}, auto_id="sample_%s")
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Sam has your note now.")
    context: dict[str, Any] = {
        "form": form,
        "wrong": SampleForm({"did": "You kept your phone in the drawer all evening."}, auto_id="wrong_%s")
        if "errors" in request.GET
        else None,
        "day": _today(),
        "weeks": [1, 1, 0, 2, 2, 1, 0, 0, 0, 2, 2, 1, 0, 1, 2, 2, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1],
        "closeness": range(1, 8),
    }
    return render(request, "styleguide.html", context, status=422 if form.errors else 200)
