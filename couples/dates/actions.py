"""What the two do with a date plan.

Each act is one transaction: the plan steps on if it still stands as it was shown (the database
decides a race), and news and what waits go with it. An act returns False where the other was quicker; nothing
has happened then.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from couples.core import live
from couples.core.couple import Member
from couples.core.drafts import Draft
from couples.core.due import Due
from couples.core.edits import Version, save_edit
from couples.core.fields import seal_private
from couples.core.handover import Handover
from couples.core.news import News, NewsKind
from couples.core.once import new_id
from couples.core.owners import hand_over, lock_whole
from couples.core.people import Person
from couples.core.practice import done, done_alone
from couples.dates import kinds
from couples.dates.kinds import CLOSED, WAITS, PlanState
from couples.dates.models import DatePlan, LookBack, PlanOption, PlanTask
from couples.dates.times import Slot, days

LOOK_BACK_FOR = dt.timedelta(days=21)
MOST_TASKS = 40
WORDS = ("title", "kind", "place", "notes")


def acts(plan: DatePlan, member: Member) -> frozenset[str]:
    """Return the names of what the member may do with a plan as it stands now."""
    if plan.is_draft:
        return frozenset({"change", "remove", "tasks", "propose"})
    if plan.state in CLOSED or not plan.is_open(member):
        return frozenset()
    may = {"tasks"}
    mine = plan.by(member)
    over = plan.is_over(member.now)
    if plan.state in WAITS:
        may |= {"offer"} if mine else {"agree", "offer", "decline"}
    if plan.state == PlanState.PROPOSED:
        return frozenset(may | ({"edit", "cancel"} if mine else set()))
    may |= {"edit"} | ({"keep"} if plan.state == PlanState.MOVING else set())
    looks = plan.look_backs.all()
    if over:
        # It took place: what was offered in its stead is no longer to be answered.
        return frozenset({"edit", "look_back"} | (set() if looks else {"cancel"}))
    return frozenset(may | {"offer", "cancel"})


def _step(plan: DatePlan, member: Member, **changes: Any) -> bool:
    """Bring a shared plan from where it stands to the next place, if it still stands there."""
    rows = DatePlan.objects.open_to(member).filter(pk=plan.pk, state=plan.state, round=plan.round)
    if not rows.update(**seal_private(plan, changes)):
        return False
    for name, value in changes.items():
        setattr(plan, name, value)
    return True


def show(plan: DatePlan, member: Member) -> None:
    """Let the partner's open pages look again, where the partner sees the plan."""
    if plan.is_open(member):
        live.changed(member, kinds.DATES)


def _tell(plan: DatePlan, member: Member, kind: NewsKind) -> None:
    """What was new about it is overtaken; this is new for the partner."""
    News.objects.forget(member, plan.pk)
    News.objects.tell(member, kind, plan)


def let_date_wait(plan: DatePlan, member: Member) -> None:
    """Let an agreed date, and looking back at it, wait for both."""
    times = {"at": plan.starts_at, "shows_from": member.now, "until": plan.ends_at}
    for person in filter(None, (member.person, member.partner)):
        Due.objects.put(person, plan.couple, kinds.DATE_DUE.slug, plan.pk, **times)
        let_look_back_wait(plan, person)


def let_look_back_wait(plan: DatePlan, person: Person) -> None:
    """Let looking back at a date wait for one of the two."""
    over = plan.ends_at
    times = {"at": over, "shows_from": over, "until": over + LOOK_BACK_FOR}
    Due.objects.put(person, plan.couple, kinds.LOOK_BACK_DUE.slug, plan.pk, **times)


def _lay_out(plan: DatePlan, member: Member, slots: Sequence[Slot]) -> list[PlanOption]:
    options = [
        PlanOption(plan=plan, author=member.person, round=plan.round, position=position, **slot.columns())
        for position, slot in enumerate(slots, start=1)
    ]
    plan.__dict__["offered"] = PlanOption.objects.bulk_create(options)
    return options


def _bounds(slots: Sequence[Slot | PlanOption]) -> dict[str, dt.datetime]:
    first = min(slots, key=lambda slot: slot.starts_at)
    return {"starts_at": first.starts_at, "ends_at": first.ends_at}


def write_draft(member: Member, data: dict[str, Any]) -> DatePlan:
    """Make a plan that only its author sees, out of a valid form. Sent twice, it is still one plan."""
    pk = new_id(DatePlan, member, data["once"])
    mine = DatePlan.objects.filter(pk=pk).first()
    if mine is None:
        return _new_draft(member, data, pk)
    if mine.is_draft:
        change_draft(mine, member, mine.version, data)
        return mine
    same = all(getattr(mine, name) == data[name] for name in WORDS)
    return mine if same else _new_draft(member, data, uuid.uuid4())


def _new_draft(member: Member, data: dict[str, Any], pk: uuid.UUID) -> DatePlan:
    plan = DatePlan(pk=pk, author=member.person, **_bounds(data["slots"]))
    for name in WORDS:
        setattr(plan, name, data[name])
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
            _lay_out(plan, member, data["slots"])
            _done_with(member, data)
            done_alone(member, "dates")
    except IntegrityError:
        # The same form arrived a moment earlier.
        return DatePlan.objects.get(pk=pk)
    return plan


def _done_with(member: Member, data: dict[str, Any]) -> None:
    """A form that another room had filled in was sent. Its source may be an idea or an earlier plan as well."""
    if Handover.objects.read(member, "dates", str(data.get("source"))):
        Handover.objects.use(member, "dates")


def change_draft(plan: DatePlan, member: Member, seen_version: int, data: dict[str, Any]) -> bool:
    """Write a draft anew, options included. False where it was changed or proposed meanwhile."""
    draft = DatePlan(pk=plan.pk, author=member.person)
    words = seal_private(draft, {name: data[name] for name in WORDS})
    with transaction.atomic():
        rows = DatePlan.objects.drafts_of(member).filter(pk=plan.pk, version=seen_version)
        if not rows.update(version=F("version") + 1, **words, **_bounds(data["slots"])):
            return False
        PlanOption.objects.filter(plan=plan).delete()
        plan.refresh_from_db()
        _lay_out(plan, member, data["slots"])
        _done_with(member, data)
    return True


def remove_draft(plan: DatePlan, member: Member) -> bool:
    """Throw a draft away, with what was typed for it and not sent."""
    with transaction.atomic():
        if not DatePlan.objects.drafts_of(member).filter(pk=plan.pk, version=plan.version).delete()[0]:
            return False
        Draft.objects.drop_about(member, plan.pk)
    return True


def gone_by(offers: Sequence[Slot | PlanOption], member: Member) -> bool:
    """Whether one of these can't be proposed any more: an hour that has begun, days begun before today."""
    return any(
        slot.first_day < member.today if slot.first_day else slot.starts_at <= member.now for slot in offers
    )


def propose(plan: DatePlan, member: Member) -> bool:
    """Show a draft to the partner, with its options. A getaway's days are the couple's days from now on.

    When and how often it was written alone is lost with this: it is as if it had been written now.
    """
    offers = plan.offers
    with transaction.atomic():
        for offer in offers:
            if offer.first_day and offer.last_day:
                slot = days(offer.first_day, offer.last_day, member.zone)
                offer.starts_at, offer.ends_at, offer.zone = slot.starts_at, slot.ends_at, slot.zone
                offer.save(update_fields=["starts_at", "ends_at", "zone"])
        plan.share(member)
        shown: dict[str, Any] = {
            "couple": plan.couple,
            "opens_on": plan.opens_on,
            "created_at": plan.created_at,
            "version": 0,
        }
        shown |= {"state": PlanState.PROPOSED, "proposed_by": member.person, **_bounds(offers)}
        rows = DatePlan.objects.drafts_of(member).filter(pk=plan.pk, version=plan.version)
        if not hand_over(rows, plan, shown):
            return False
        # Where it was given back once, what was told of it then is over.
        Version.objects.visible_to(member).filter(about=plan.pk).delete()
        # Who was to arrange something may be someone of an earlier time.
        PlanTask.objects.filter(plan=plan).exclude(who__in=[member.person, member.partner]).update(who=None)
        _tell(plan, member, kinds.PROPOSED)
        done(member, "dates")
    return True


def agree(plan: DatePlan, member: Member, option: PlanOption) -> bool:
    """Say yes to one of the offered times."""
    with transaction.atomic():
        when = {"starts_at": option.starts_at, "ends_at": option.ends_at}
        if not _step(plan, member, state=PlanState.AGREED, agreed_option=option, **when):
            return False
        let_date_wait(plan, member)
        _tell(plan, member, kinds.AGREED)
        done(member, "dates")
    return True


def offer(plan: DatePlan, member: Member, slots: Sequence[Slot]) -> bool:
    """Offer other times, as the one who is asked, the one who asked, or to move what was agreed.

    An agreed time stands until the other says yes to a new one.
    """
    proposed = plan.state == PlanState.PROPOSED
    changes: dict[str, Any] = {"round": plan.round + 1, "proposed_by": member.person}
    changes |= _bounds(slots) if proposed else {"state": PlanState.MOVING}
    with transaction.atomic():
        if not _step(plan, member, **changes):
            return False
        _lay_out(plan, member, slots)
        _tell(plan, member, kinds.ANOTHER if proposed else kinds.MOVED)
        done(member, "dates")
    return True


def keep(plan: DatePlan, member: Member) -> bool:
    """Keep the agreed time; what was offered instead is off the table."""
    with transaction.atomic():
        if not _step(plan, member, state=PlanState.AGREED):
            return False
        _tell(plan, member, kinds.KEPT)
    return True


def close(plan: DatePlan, member: Member, state: PlanState, words: str) -> bool:
    """Say not this one, or call it off, with kind words or none."""
    kind = kinds.DECLINED if state == PlanState.DECLINED else kinds.CANCELLED
    with transaction.atomic():
        if not _step(plan, member, state=state, closing=words, closed_by=member.person):
            return False
        Due.objects.settle(member, plan.pk, plan.declared.due)
        _tell(plan, member, kind)
    return True


def edit(plan: DatePlan, member: Member, seen_version: int, changes: dict[str, str]) -> bool:
    """Change what both read. False where the other changed it meanwhile."""
    before = plan.version
    with transaction.atomic():
        if not save_edit(plan, member, seen_version, changes, member.couple):
            return False
        if plan.version != before:
            News.objects.tell(member, kinds.CHANGED, plan)
    return True


def look_back(plan: DatePlan, member: Member, line: str, best: str) -> bool:
    """Look back at a date that was. False where the member has done so already."""
    try:
        with transaction.atomic():
            LookBack.objects.create(plan=plan, author=member.person, line=line, best=best)
            Due.objects.settle(member, plan.pk, [kinds.LOOK_BACK_DUE.slug], member.person)
            News.objects.settle(member, plan.pk)
            News.objects.tell(member, kinds.LOOKED_BACK, plan)
            done(member, "dates")
    except IntegrityError:
        return False
    return True


@transaction.atomic
def add_task(plan: DatePlan, member: Member, data: dict[str, Any]) -> bool:
    """Put something on the checklist. False where the list is full. Sent twice, it is still one."""
    pk = new_id(PlanTask, member, data["once"])
    task = PlanTask(pk=pk, plan=plan, author=member.person, text=data["text"], who=data["who"])
    # The same form sent twice at once waits here, and then finds the other one's row.
    lock_whole(task)
    if PlanTask.objects.filter(pk=task.pk).exists():
        # From a page that was gone back to: with other words it is another thing.
        if any(task.says_the_same(other) for other in PlanTask.objects.filter(plan=plan)):
            return True
        task.pk = uuid.uuid4()
    if PlanTask.objects.filter(plan=plan).count() >= MOST_TASKS:
        return False
    task.save(force_insert=True)
    show(plan, member)
    if not plan.is_draft and task.who is not None and task.who == member.partner:
        News.objects.tell(member, kinds.TASK, plan)
    return True


@transaction.atomic
def tick(task: PlanTask, member: Member, done: bool) -> None:
    """Done, or not done after all: by either of the two."""
    PlanTask.objects.filter(pk=task.pk).update(done=done, done_by=member.person if done else None)
    show(task.plan, member)


@transaction.atomic
def remove_task(task: PlanTask, member: Member) -> None:
    """Take something off the checklist."""
    task.delete()
    show(task.plan, member)


@transaction.atomic
def rewrite_look(look: LookBack, member: Member, seen_version: int, words: dict[str, str]) -> bool:
    """Change what one said looking back. False where it was changed elsewhere meanwhile."""
    if not save_edit(look, member, seen_version, words, member.couple):
        return False
    show(look.plan, member)
    return True
