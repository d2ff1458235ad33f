"""Forms of people and spaces."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from couples.core.clock import zone_names
from couples.core.forms import DayField, VersionField, WordsField
from couples.core.people import Person

ADDRESS_FITS = 254
"""How long an e-mail address may be (RFC 5321, 4.5.3.1.3, less the brackets)."""

# Marks that turn the direction of the text after them: in a name they would reorder other people's sentences.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


class NameField(WordsField):
    """What somebody is called: one line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the name on one line, without marks that turn the direction of text."""
        return super().to_python(" ".join(_TURNS.sub("", str(value or "")).split()))


class ZoneField(forms.ChoiceField):
    """A time zone by its IANA name, grouped by continent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_zones, **kwargs)


def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in zone_names():
        area, _slash, place = name.partition("/")
        groups.setdefault(area, []).append((name, (place or area).replace("_", " ").replace("/", ", ")))
    return list(groups.items())


class SignUpForm(forms.Form):
    """What sign-up asks beside e-mail and password."""

    name = NameField(
        label=_("What should your partner call you?"),
        error_messages={"required": _("Say what you’d like to be called.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Give the new person a name."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class YouForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person sets for themselves."""

    name = NameField(
        label=_("What should your partner call you?"),
        error_messages={"required": _("Say what you’d like to be called.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    time_zone = ZoneField(label=_("Your time zone"), help_text=_("Times are shown to you in this zone."))

    class Meta:
        model = Person
        fields = ["name", "time_zone", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            self.fields.pop("language", None)


def _consent() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Yes, I agree that what I write here is kept on this server."),
        help_text=_("It’s about feelings, and maybe about your sex life. You can stop at any time."),
        error_messages={
            "required": _("It takes your yes to keep what you write. Without it, nothing is kept.")
        },
    )


class ConsentForm(forms.Form):
    """A consent that nobody gave by accident: for somebody who took it back, or when its words have changed."""

    consent = _consent()


class WelcomeForm(YouForm):
    """The few things to know at the beginning, and the consent."""

    together_since = DayField(
        label=_("Together since"),
        required=False,
        help_text=_("Only you see it, until you share it."),
    )
    consent = _consent()

    class Meta(YouForm.Meta):
        fields = ["name", "time_zone", "together_since"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The browser offers its own zone here, and only here: later it would overwrite what was chosen.
        self.fields["time_zone"].widget.attrs["data-timezone"] = "set" if self.is_bound else ""


class UsForm(forms.Form):
    """What the two of you set together: either may, and both can read how it was before."""

    together_since = DayField(label=_("Together since"), required=False)
    time_zone = ZoneField(
        label=_("The time zone of your space"),
        help_text=_("Your days begin and end in it. Each of you still sees times in your own zone."),
    )
    version = VersionField()


class MailForm(forms.Form):
    """An invitation that only one address can accept."""

    email = forms.EmailField(
        label=_("Your partner’s e-mail address"),
        max_length=ADDRESS_FITS,
        help_text=_("Only an account with this address can say yes."),
        error_messages={
            "required": _("Write the address that the invitation goes to."),
            "invalid": _("That doesn’t look like an e-mail address, like sam@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        """Return the address in lower case. Raises ValidationError for one's own."""
        email = str(self.cleaned_data["email"]).lower()
        if email == self.person.email.lower():
            raise ValidationError(_("That’s your own address. Write your partner’s."), code="own")
        if len(email) > ADDRESS_FITS:  # a few letters become two in lower case
            raise ValidationError(self.fields["email"].error_messages["invalid"], code="invalid")
        return email
