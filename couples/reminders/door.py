"""The devices on ``/space/doors/``, each with its end."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from couples.access import Request
from couples.core.clock import day_text
from couples.core.doors import Door, Opening
from couples.reminders.devices import is_here
from couples.reminders.models import Device
from couples.templatetags.reconnect import browser


def openings(request: Request) -> list[Opening]:
    """Every device of whoever asks."""
    found = []
    for device in Device.objects.visible_to(request.member).order_by("-since", "pk"):
        end = reverse("reminders:device_end", args=[device.pk]) + "?to=doors"
        text = _("Since %(day)s") % {"day": day_text(device.since)}
        word = _("Stop reminders there")
        found.append(Opening(browser(device.agent), text, end, word=word, here=is_here(request, device)))
    return found


Door(
    "devices",
    lazy("Devices that show reminders"),
    lazy("Whoever holds one of them may see that there is something for you, and nothing more."),
    openings,
)
