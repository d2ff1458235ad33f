"""The only way to load something of a couple for a person."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from couples.core.couple import Member

M = TypeVar("M", bound=Model)
P = ParamSpec("P")


class Request(HttpRequest):
    """A request of a signed-in person: the middleware has set ``member`` and django-htmx ``htmx``."""

    member: Member
    htmx: Any


def load(rows: type[M] | QuerySet[M], member: Member, pk: uuid.UUID) -> M:
    """Return the row with this id if the member may see it. Raises Http404 alike for what isn't there or isn't theirs."""
    queryset: Any = rows._default_manager.all() if isinstance(rows, type) else rows
    row: M | None = queryset.visible_to(member).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def with_partner(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Only for a linked member: someone alone is led to their space, kindly."""

    @wraps(view)
    def wrapped(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.member.partner is None:
            messages.info(
                request, _("That takes two. Invite your partner first; what you wrote stays yours.")
            )
            return redirect("space:home")
        return view(request, *args, **kwargs)

    return wrapped  # type: ignore[return-value]
