"""Help, open to everybody. Nothing here reads the session, asks the database, sets a cookie or logs."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from couples.help.helplines import helplines


@login_not_required
@require_GET
@cache_control(no_store=True)
def index(request: HttpRequest) -> HttpResponse:
    """Safety first, then helplines of all countries on one page, then how to find professional help."""
    # Without the request: the page is the same for everybody, and works while the database doesn't.
    return HttpResponse(
        render_to_string("help/index.html", {"countries": helplines(), "operator": settings.OPERATOR})
    )
