"""The demo's data: two groups in mid-challenge and a class, made through the same verbs that people use.

Every act is posted, credited and answered as it would have been, and then moved back to its own moment,
so counters, ripples and totals are exact. The same database comes out of every run, but for the day.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from challenges.choices import settle
from challenges.models import Challenge, Participation
from feed import pictures
from feed.messages import act_was_shown, comment_was_shown
from feed.models import Act, Comment, Credit, Reaction
from groups.models import Group, JoinCode, Membership
from kindness_platform import demo_class
from kindness_platform.demo_ids import fixed_id
from kindness_platform.demo_story import STORIES, Story, Told

if TYPE_CHECKING:
    from feed.models import Photo

PASSWORD = "a-good-turn-a-day"  # noqa: S105 (of the demo, printed when it starts)
ZONE = "America/New_York"
NEWS_SINCE = timedelta(hours=12)


@dataclass(frozen=True)
class Account:
    """Somebody to sign in as."""

    name: str
    email: str
    password: str
    role: str


def make() -> list[Account]:
    """Fill an empty database; one with people in it is left alone, and nobody is returned."""
    if User.objects.exists():
        return []
    with transaction.atomic():
        people: dict[str, User] = {}
        for story in STORIES:
            _tell(story, people)
        teacher = people[demo_class.TEACHER] = _person(demo_class.TEACHER)
        demo_class.make(teacher)
        # Hashed once for all of them: a slow hash is worth its time only where the password is secret.
        User.objects.filter(pk__in=[user.pk for user in people.values()]).update(password=make_password(PASSWORD))
    shown = dict.fromkeys(name for story in STORIES for name in story.people[:2])
    accounts = [Account(name, people[name].email or "", PASSWORD, _role(name)) for name in shown]
    return [*accounts, Account(teacher.name, teacher.email or "", PASSWORD, f"teaches {demo_class.CLASS}")]


def _role(name: str) -> str:
    """In which groups somebody is, and which of them they lead."""
    leads = [f"leads {story.name}" for story in STORIES if name == story.people[0]]
    return ", ".join(leads + [f"member of {story.name}" for story in STORIES if name in story.people[1:]])


def _tell(story: Story, people: dict[str, User]) -> None:
    """One group, its challenge and all that happened in it."""
    for name in story.people:
        people[name] = people.get(name) or _person(name)
    cast = {name.split()[0]: people[name] for name in story.people}
    leader = people[story.people[0]]
    group = Group.objects.found(name=story.name, mode=story.mode, founder=leader)
    for name in story.people[1:]:
        group.admit(people[name])
    JoinCode.current(group, leader)
    starts_on = group.organization.today() - timedelta(days=story.day - 1)
    challenge = Challenge.objects.start(group=group, program_key=story.program, starts_on=starts_on, by=leader)
    _move_back(group, challenge, starts_on)
    told: dict[str, Act] = {}
    for act in story.acts:
        told[act.key] = _act(act, challenge, cast, told)


def _person(name: str) -> User:
    email = f"{name.split()[0].lower()}@example.org"
    user = User.objects.create_user(email, name=name, time_zone=ZONE, public_id=fixed_id(email))
    user.accept_terms()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _move_back(group: Group, challenge: Challenge, starts_on: date) -> None:
    """The group came together a few days before it began."""
    zone = group.organization.zone
    began = datetime.combine(starts_on - timedelta(days=4), time(9, 15), zone)
    Group.objects.filter(pk=group.pk).update(created_at=began)
    Challenge.objects.filter(pk=challenge.pk).update(created_at=began + timedelta(minutes=4))
    JoinCode.objects.filter(group=group).update(created_at=began)
    for n, membership in enumerate(group.memberships.order_by("pk")):
        joined = began + timedelta(hours=5 * n, minutes=7 * n)
        Membership.objects.filter(pk=membership.pk).update(joined_at=joined)
        Participation.objects.filter(challenge=challenge, user=membership.user).update(
            joined_on=starts_on, joined_at=joined
        )


def _act(told: Told, challenge: Challenge, cast: dict[str, User], earlier: dict[str, Act]) -> Act:
    author = cast[told.who] if told.who in cast else _someone(told, cast)
    day = challenge.starts_on + timedelta(days=told.day - 1)
    step = challenge.step_on(day) if told.step and challenge.cadence == "daily" else None
    act = Act.objects.post(
        author,
        challenge.group,
        kind=told.kind,
        done_on=day,
        form_key=fixed_id(f"{challenge.group.name}/{told.key}"),
        text=told.text,
        audience=told.audience,
        signed=told.signed,
        source="posted" if told.text else "tick",
        challenge=challenge,
        step=step,
        parent=earlier.get(told.after or told.too),
        link_kind="passed_on" if told.after else "inspired" if told.too else "",
        credited=[cast[name] for name in told.credits],
        photo=_photo(told, challenge.group, author) if told.photo else None,
        alt=ALTS.get(told.photo, ""),
    )
    if step:
        settle(author, step, "", on=day)
    _answer(told, act, cast)
    return _at_its_moment(act, told, author)


def _someone(told: Told, cast: dict[str, User]) -> User:
    """Who posted as "Someone": the same person in every run, and nobody's business."""
    names = sorted(cast)
    return cast[names[int(hashlib.sha256(told.key.encode()).hexdigest(), 16) % len(names)]]


def _answer(told: Told, act: Act, cast: dict[str, User]) -> None:
    answers = {
        "thanks": told.thanks,
        "moved": told.moved,
        "celebrating": told.celebrating,
        "passing_on": told.passing_on,
    }
    for kind, names in answers.items():
        for name in names:
            if cast[name] != act.author:
                Reaction.objects.toggle(act, cast[name], kind)
    for n, (name, words) in enumerate(told.comments):
        Comment.objects.post(act, cast[name], words, form_key=fixed_id(f"{act.form_key}/{n}"))


def _at_its_moment(act: Act, told: Told, author: User) -> Act:
    """Move an act and its answers to when they happened, and tell of what is new."""
    now = timezone.now()
    moment = min(_moment(told, act.done_on, author), now)
    Act.objects.filter(pk=act.pk).update(created_at=moment, shown_at=moment)
    act.created_at = act.shown_at = moment
    Credit.objects.filter(act=act).update(created_at=moment)
    for n, answer in enumerate(act.reactions.order_by("pk")):
        Reaction.objects.filter(pk=answer.pk).update(created_at=min(moment + timedelta(minutes=11 * n + 3), now))
    recent = moment > now - NEWS_SINCE
    for n, comment in enumerate(act.comments.order_by("pk")):
        said = min(moment + timedelta(minutes=23 * n + 16), now)
        Comment.objects.filter(pk=comment.pk).update(created_at=said, shown_at=said)
        if recent:
            comment_was_shown(comment)
    if recent:
        act_was_shown(act)
    return act


def _moment(told: Told, day: date, author: User) -> datetime:
    """When an act was shown: at a local time of its day, or so many minutes ago on the last one."""
    if told.at.startswith("-"):
        return timezone.now() - timedelta(minutes=int(told.at[1:]))
    return datetime.combine(day, time.fromisoformat(told.at), author.zone)


ALTS = {
    "cake": "A round cake with candles on a steel trolley, between two trays of sample tubes.",
    "row": "A long row of young bean plants with five slates, each with a name in chalk.",
}
PAPER, INK, SUN, POPPY, SKY, PETAL, LEAF = ["#fdfcf8", "#14302b", "#f6b436", "#e2553d", "#97c9d6", "#f6cdbf", "#3d8a5f"]


def _photo(told: Told, group: Group, author: User) -> "Photo":
    """A drawn picture, sent through the same door as every photo."""
    picture = Image.new("RGB", (1200, 800), SKY if told.photo == "cake" else PETAL)
    draw = ImageDraw.Draw(picture)
    _cake(draw) if told.photo == "cake" else _row(draw)
    sent = io.BytesIO()
    picture.save(sent, "PNG")
    redrawn = pictures.redraw(SimpleUploadedFile("picture.png", sent.getvalue(), content_type="image/png"))
    return pictures.keep(redrawn, group, author, ALTS[told.photo])


def _cake(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 620, 1200, 800), fill=INK)
    draw.rectangle((340, 380, 860, 620), fill=PAPER)
    draw.pieslice((340, 300, 860, 470), 0, 360, fill=PETAL)
    draw.rectangle((340, 480, 860, 520), fill=POPPY)
    for n in range(7):
        x = 410 + n * 62
        draw.rectangle((x, 250, x + 18, 372), fill=SUN if n % 2 else POPPY)
        draw.ellipse((x - 4, 206, x + 22, 252), fill=SUN)
    for n in range(4):
        for x in (60 + n * 60, 920 + n * 60):
            draw.rectangle((x, 500, x + 30, 620), fill=PAPER)
            draw.rectangle((x, 560, x + 30, 620), fill=POPPY)


def _row(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 430, 1200, 800), fill="#6b4a34")
    draw.ellipse((930, 60, 1090, 220), fill=SUN)
    for n in range(10):
        x = 90 + n * 115
        draw.rectangle((x - 5, 330, x + 5, 560), fill=LEAF)
        draw.pieslice((x - 75, 330, x + 5, 430), 180, 360, fill=LEAF)
        draw.pieslice((x - 5, 390, x + 75, 490), 180, 360, fill=LEAF)
    for n in range(5):
        x = 80 + n * 225
        draw.rectangle((x, 600, x + 140, 690), fill=INK)
        draw.line((x + 22, 645, x + 118, 645), fill=PAPER, width=8)
