"""The consent (GDPR art. 9): given at the welcome, recorded by version and day, and taken back as easily."""

from django.db import transaction

from couples.core import live
from couples.core.clock import today_in
from couples.core.couple import Member
from couples.core.news import News
from couples.core.owners import withdraw_unopened
from couples.core.people import CONSENT, Person, zone_of
from couples.core.wall import lifted
from couples.space.models import Consent, Invitation


@transaction.atomic
def agree(person: Person) -> None:
    """Save that this person agrees to the present words from today (in their zone) on, with what they said of themselves."""
    today = today_in(zone_of(person.time_zone))
    person.welcomed_on = person.welcomed_on or today
    person.consented_on, person.consent_version = today, CONSENT
    said = ["name", "time_zone", "together_since"]
    person.save(update_fields=[*said, "welcomed_on", "consented_on", "consent_version"])
    Consent.objects.get_or_create(
        owner=person, version=CONSENT, withdrawn_on=None, defaults={"given_on": today}
    )


@transaction.atomic
def withdraw(member: Member) -> None:
    """Take the consent back. Nothing more is kept or shown of this person; twice is safe, and nobody is told.

    What both saw stays the other's to read. What was never opened is its author's alone again, for good. Nobody can be
    linked any more by what this person sent or said yes to.
    """
    person, today = member.person, today_in(member.person.zone)
    before = Person.objects.filter(pk=person.pk, consented_on__isnull=False)
    given_on = before.values_list("consented_on", flat=True).first()
    if given_on is None or not before.update(consented_on=None):
        return
    standing = {"owner": person, "version": person.consent_version, "withdrawn_on": None}
    Consent.objects.get_or_create(**standing, defaults={"given_on": given_on})
    Consent.objects.filter(owner=person, withdrawn_on=None).update(withdrawn_on=today)
    live.look_again(person.pk)
    with lifted("accounts"):
        Invitation.objects.end_all_of(person)
    if member.couple is not None:
        withdraw_unopened(member.couple, member.today, person)
        with lifted("tell"):
            News.objects.filter(couple=member.couple, opens_on__gt=member.today).exclude(
                owner=person
            ).delete()


def earlier(member: Member) -> list[Consent]:
    """Return what this person agreed to before and took back, newest first."""
    ended = Consent.objects.visible_to(member).filter(withdrawn_on__isnull=False)
    return list(ended.order_by("-withdrawn_on", "-given_on")[:50])
