"""Drafts and news, which all rooms share."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from couples.access import Request
from couples.core.drafts import Draft
from couples.core.news import News


@require_POST
def keep_draft(request: Request, key: str) -> HttpResponse:
    """Keep what is typed so far. 404 for a form that can't be, 204 otherwise."""
    if not Draft.objects.keep(request.member, key, request.POST):
        raise Http404
    return HttpResponse(status=204)


@require_POST
def open_news(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Open what is new: it is news no longer. Twice is safe: the second time leads to Today."""
    news = News.objects.visible_to(request.member).filter(pk=pk).first()
    if news is None:
        return redirect("home")
    News.objects.settle(request.member, news.about)
    return redirect(news.url())


@require_POST
def see_all_news(request: Request) -> HttpResponse:
    """All of it has been seen."""
    News.objects.visible_to(request.member).delete()
    return redirect("home")
