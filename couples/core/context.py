"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

_KNOWN = {
    "has_mail": settings.HAS_MAIL,
    "signup_mode": settings.SIGNUP,
    "operator": settings.OPERATOR,
    "exit_url": settings.EXIT_URL,
}


def instance(request: HttpRequest) -> dict[str, object]:
    """Facts of this instance, as its operator set them."""
    return _KNOWN
