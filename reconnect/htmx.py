"""What htmx says of a request, as our views ask it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails


class Details(HtmxDetails):
    """True where a fragment is wanted. A page that takes its part out of a whole one (``hx-select``) gets the whole one."""

    def __bool__(self) -> bool:
        return super().__bool__() and self.request_type != "full"


class HtmxMiddleware:
    """Sets ``request.htmx``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.htmx = Details(request)  # type: ignore[attr-defined]
        return self.get_response(request)
