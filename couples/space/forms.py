"""Forms of people and spaces."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from couples.core.forms import WordsField
from couples.core.people import Person


class SignUpForm(forms.Form):
    """What sign-up asks beside e-mail and password."""

    name = WordsField(label=_("What should your partner call you?"), max_length=60)

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Give the new person a name."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
