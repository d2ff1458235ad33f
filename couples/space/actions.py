"""What touches two people at once: inviting, linking and leaving. Each act is one transaction.

Whoever is to be linked is locked first, in the order of ids, and invitations after that, so that no two of
these acts wait for each other. The last word is the database's: two seats a couple, one open seat a person.
"""

import datetime as dt
import secrets
from enum import Enum, auto

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from couples.core import live
from couples.core.couple import Couple, Member, Membership
from couples.core.due import Due
from couples.core.handover import Handover
from couples.core.news import News
from couples.core.owners import withdraw_unopened
from couples.core.people import CONSENT, Person
from couples.core.wall import lifted
from couples.space.models import KEPT, LASTS, Invitation, InvitationQuerySet, Stage, fingerprint

A_DAY = dt.timedelta(days=1)
MOST_A_DAY = 20


class Outcome(Enum):
    """How it went."""

    SENT = auto()
    LINKED = auto()
    WAITING = auto()
    """Claimed by this person; the inviter has still to confirm."""
    DECLINED = auto()
    ENDED = auto()
    OWN = auto()
    FOREIGN = auto()
    """Bound to an address that this person hasn't verified."""
    TAKEN = auto()
    """This person shares a space already."""
    TOO_MANY = auto()
    UNDELIVERED = auto()


def _lock(*people: Person) -> None:
    ids = [person.pk for person in people]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def is_linked(person: Person) -> bool:
    """Whether this person shares a space now."""
    return Membership.objects.filter(person=person, ended_on__isnull=True).exists()


def share(one: Person, other: Person) -> bool:
    """Whether these two share a space now."""
    seats = Membership.objects.filter(person=one, ended_on__isnull=True)
    return seats.filter(couple__memberships__person=other, couple__ended_on__isnull=True).exists()


def has_verified(person: Person, email: str) -> bool:
    """Whether the person has shown that this address is theirs."""
    return bool(EmailAddress.objects.filter(user_id=person.pk, verified=True, email=email.lower()).exists())


@lifted("accounts")
def invite(person: Person, email: str = "", *, sent: bool = True) -> tuple[Outcome, Invitation | None, str]:
    """Make an invitation and return how it went, the invitation and its token, which is not kept.

    A link (no ``email``) replaces this person's earlier link, a mail their earlier mail. With ``sent`` False
    nothing is replaced and nobody can use it until ``send`` is called.
    """
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        _lock(person)
        if is_linked(person):
            return Outcome.TAKEN, None, ""
        mine = Invitation.objects.filter(inviter=person)
        if mine.filter(created_at__gt=now - A_DAY).count() >= MOST_A_DAY:
            return Outcome.TOO_MANY, None, ""
        mine.filter(expires_at__lt=now - KEPT).delete()
        if sent:
            _of_sort(person, email).end(Stage.REVOKED)
        invitation = Invitation.objects.create(
            inviter=person,
            token_hash=fingerprint(token),
            email=email,
            stage=Stage.OPEN if sent else Stage.UNSENT,
            created_at=now,
            expires_at=now + LASTS,
        )
    return Outcome.SENT, invitation, token


def _of_sort(person: Person, email: str) -> InvitationQuerySet:
    mine = Invitation.objects.filter(inviter=person)
    return mine.exclude(email="") if email else mine.filter(email="")


@lifted("accounts")
def send(invitation: Invitation) -> bool:
    """The mail is out: open the invitation in place of an earlier one. False if its maker is linked now."""
    with transaction.atomic():
        _lock(invitation.inviter)
        if is_linked(invitation.inviter):
            return False
        _of_sort(invitation.inviter, invitation.email).end(Stage.REVOKED)
        return bool(Invitation.objects.filter(pk=invitation.pk, stage=Stage.UNSENT).update(stage=Stage.OPEN))


@lifted("accounts")
def revoke(invitation: Invitation) -> bool:
    """The inviter takes it back, or says no to whoever claimed it. False if it had ended already."""
    with transaction.atomic():
        ended = bool(Invitation.objects.filter(pk=invitation.pk).end(Stage.REVOKED))
        if ended:
            live.linked(invitation.claimed_by_id)
    return ended


@lifted("accounts")
def decline(person: Person, invitation: Invitation) -> Outcome:
    """The invitee says no, or takes back their yes. Nobody is told; for the inviter it has just ended."""
    if invitation.inviter_id == person.pk:
        return Outcome.OWN
    if invitation.email and not has_verified(person, invitation.email):
        return Outcome.FOREIGN
    mine = Q(stage=Stage.OPEN) | Q(stage=Stage.CLAIMED, claimed_by=person)
    with transaction.atomic():
        ended = Invitation.objects.filter(mine, pk=invitation.pk, expires_at__gt=timezone.now()).end(
            Stage.DECLINED
        )
        if ended:
            live.linked(invitation.inviter_id)
    before = Invitation.objects.filter(pk=invitation.pk, stage=Stage.DECLINED)
    return Outcome.DECLINED if ended or before.exists() else Outcome.ENDED


@lifted("accounts")
def accept(person: Person, invitation: Invitation) -> Outcome:
    """The invitee says yes. Bound to their address, it links at once; as a link, the inviter confirms first.

    Where each has said yes to the other's link, both have confirmed. Saying it twice changes nothing.
    """
    if invitation.inviter_id == person.pk:
        return Outcome.OWN
    if invitation.email and not has_verified(person, invitation.email):
        return Outcome.FOREIGN
    if invitation.email:
        return link(invitation, person)
    claimed = _claim(person, invitation)
    if claimed is not Outcome.WAITING:
        return claimed
    crossed = Invitation.objects.filter(inviter=person, claimed_by=invitation.inviter_id).alive(
        timezone.now()
    )
    return link(invitation, person) if crossed.exists() else Outcome.WAITING


def _claim(person: Person, invitation: Invitation) -> Outcome:
    now = timezone.now()
    with transaction.atomic():
        # Both at once: where each says yes to the other's link, either is linked next.
        _lock(person, invitation.inviter)
        linked = is_linked(person)
        alive = Invitation.objects.filter(pk=invitation.pk).alive(now)
        if not linked and alive.filter(stage=Stage.OPEN).update(stage=Stage.CLAIMED, claimed_by=person):
            live.linked(invitation.inviter_id)
            return Outcome.WAITING
    mine = Invitation.objects.filter(pk=invitation.pk, claimed_by=person).alive(now)
    return Outcome.WAITING if not linked and mine.exists() else _lost(invitation, person)


@lifted("accounts")
def confirm(invitation: Invitation) -> Outcome:
    """The inviter has seen who claimed the link, and says yes."""
    if invitation.claimed_by is None:
        return Outcome.ENDED
    return link(invitation, invitation.claimed_by)


@lifted("accounts")
def link(invitation: Invitation, invitee: Person) -> Outcome:
    """Make the two one couple by this invitation, once. All else that either sent or said yes to ends.

    Of two who try it at once, one succeeds; the other finds it ended, or that this person is linked already.
    """
    inviter = invitation.inviter
    try:
        with transaction.atomic():
            _lock(inviter, invitee)
            if not _both_agree(inviter, invitee) or not _use(invitation, invitee):
                return _lost(invitation, invitee)
            today = timezone.now().astimezone(inviter.zone).date()
            couple = Couple.objects.create(time_zone=inviter.time_zone, since=today)
            for seat, person in enumerate((inviter, invitee), start=1):
                Membership.objects.create(couple=couple, person=person, seat=seat)
            Invitation.objects.end_all_of(inviter, invitee)
            live.linked(inviter.pk, invitee.pk)
    except IntegrityError:
        return _lost(invitation, invitee)
    return Outcome.LINKED


def _both_agree(*two: Person) -> bool:
    """Whether both agree to the present words: one may have taken it back while an invitation was on its way."""
    ids = [person.pk for person in two]
    agreed = Person.objects.filter(pk__in=ids, consented_on__isnull=False, consent_version=CONSENT)
    return agreed.count() == len(two)


def _use(invitation: Invitation, invitee: Person) -> int:
    """Use the invitation up: the one step that decides a race between two invitees."""
    alive = Invitation.objects.filter(pk=invitation.pk).alive(timezone.now())
    if invitation.email:
        ready = alive.filter(stage=Stage.OPEN, email=invitation.email)
    else:
        ready = alive.filter(stage=Stage.CLAIMED, claimed_by=invitee)
    return ready.update(stage=Stage.LINKED, claimed_by=invitee, email="")


def _lost(invitation: Invitation, invitee: Person) -> Outcome:
    """What to say where nothing was done: perhaps it had been done before, by this invitation or another."""
    if share(invitation.inviter, invitee):
        return Outcome.LINKED
    return Outcome.TAKEN if is_linked(invitee) else Outcome.ENDED


@lifted("whole")
def leave(member: Member) -> bool:
    """End the couple for both, at once. What never opened goes back to its author. False if there is none."""
    couple = member.couple
    if couple is None:
        return False
    with transaction.atomic():
        people = list(Person.objects.filter(memberships__couple=couple).order_by("pk"))
        _lock(*people)
        if not Couple.objects.filter(pk=couple.pk, ended_on__isnull=True).update(ended_on=member.today):
            return False
        withdraw_unopened(couple, member.today)
        News.objects.filter(couple=couple).delete()
        Due.objects.filter(couple=couple).delete()
        Handover.objects.filter(owner__in=people).delete()
        Invitation.objects.end_all_of(*people)
        # Last: until then the database shows what either has alone.
        Membership.objects.filter(couple=couple, ended_on__isnull=True).update(ended_on=member.today)
        live.linked(*(person.pk for person in people))
    return True
