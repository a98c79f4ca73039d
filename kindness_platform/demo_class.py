"""The demo's class: a program under way, things to read, a wall, and pupils who all sign in with the same pictures.

Made through the same verbs that a teacher and pupils use. Its code, and what signs its pupils in, are known to
everybody who reads this, so it is made in the demo alone.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from challenges.choices import settle
from challenges.models import Challenge
from feed import reading
from feed.models import Act, Credit
from groups.models import (
    Authorization,
    Group,
    JoinCode,
    LaunchCheck,
    Organization,
    OrganizationAdmin,
    Pupil,
    School,
    SupportContact,
)
from groups.models.pupil import Secret
from kindness_platform.demo_ids import fixed_id

CODE = "KESTRELS2345"
PICTURES = ("cat", "sun", "boat", "star")
WORDS = ("apple", "boat")
TEACHER = "Thea Okafor"
SCHOOL, CLASS = "Ferry Lane School", "4 Kestrels"
DAY = 9
"""The program is in its second week."""


@dataclass(frozen=True)
class Told:
    """One act of the class: who, what, when, whom it thanks, and whether the teacher has read it."""

    day: int
    at: str
    who: str
    kind: str
    text: str = ""
    step: str = ""
    thanks: tuple[str, ...] = ()
    waits: bool = False
    to_teacher: bool = False


NAMES = ("Leila", "Omar", "Nell", "Grace", "Ivo", "Kit", "Dina", "Sam", "Ada", "Ben", "Noor", "Rosa")
ACTS = (
    Told(1, "09:10", "Leila", "did", step="w1-1"),
    Told(1, "09:20", "Omar", "did", step="w1-1"),
    Told(1, "10:05", "Nell", "did", "I said good morning to the man who opens the gate. He knew my name!", "w1-1"),
    Told(2, "11:30", "Grace", "did", "I let Ivo go first on the swing because he never gets to.", "w1-2"),
    Told(2, "13:15", "Omar", "saw", "Nell picked up all the pencils and they were not even hers.", thanks=("Nell",)),
    Told(3, "09:40", "Kit", "received", "Dina saved me a seat. It was my first day back.", thanks=("Dina",)),
    Told(3, "12:10", "Ben", "did", step="w1-2"),
    Told(4, "10:20", "Ada", "did", "I put the books back where they live. Then Sam did it too.", "w1-2"),
    Told(5, "08:50", "Sam", "did", step="w1-3"),
    Told(5, "09:05", "Noor", "did", "I thanked my gran for the braids. She was so glad.", "w1-3"),
    Told(8, "10:15", "Rosa", "saw", "Ivo asked Kit to play. Kit was standing by the wall.", "w2-1", thanks=("Ivo",)),
    Told(8, "12:30", "Dina", "did", step="w2-1"),
    Told(9, "08:40", "Ivo", "did", step="w2-1", waits=True),
    Told(9, "08:42", "Grace", "did", step="w2-1", waits=True),
    Told(9, "08:44", "Kit", "did", step="w2-1", waits=True),
    Told(9, "08:50", "Leila", "saw", "Ben held the door for the whole line.", thanks=("Ben",), waits=True),
    Told(9, "08:52", "Sam", "did", "I lent Rosa my ruler. She forgot hers again.", waits=True),
    Told(
        9,
        "08:55",
        "Noor",
        "received",
        "At break nobody likes me, but Ada stayed.",
        thanks=("Ada",),
        waits=True,
        to_teacher=True,
    ),
)


def way_in(base_url: str) -> str:
    """How a visitor of the demo becomes a pupil, in one line."""
    return f"{base_url.rstrip('/')}/class/{CODE}/ , any name, then {', '.join(PICTURES)}"


def make(teacher: User) -> Group:
    """The class of the demo, taught by somebody who is there already."""
    organization = Organization.objects.create(name=SCHOOL, time_zone=teacher.time_zone, language=teacher.language)
    OrganizationAdmin.objects.create(organization=organization, user=teacher)
    # Whoever tries the demo may do so at night.
    School.objects.create(organization=organization, weekdays="0123456", opens_at=time.min, closes_at=time.max)
    group = Group.objects.found(name=CLASS, mode="primary", founder=teacher, organization=organization)
    group.organization = organization
    Group.objects.filter(pk=group.pk).update(public_id=fixed_id(CLASS))
    Authorization.objects.give(
        organization, group, basis="school", given_by="Dr. Amina Yusuf, head teacher", by=teacher
    )
    SupportContact.objects.create(organization=organization, name="Ms. Park, school counselor", phone="+1 555 0199")
    for key, words in _settled().items():
        LaunchCheck.objects.tick(group, key, by=teacher, words=words)
    group.change_rule("text_open", allowed=True, by=teacher)
    pupils = {name: _pupil(group, name, teacher) for name in NAMES}
    JoinCode.objects.filter(group=group, purpose=JoinCode.Purpose.CLASS).update(code=CODE)
    starts_on = organization.today() - timedelta(days=DAY - 1)
    challenge = Challenge.objects.start(group=group, program_key="t11", starts_on=starts_on, by=teacher)
    challenge.group = group
    for told in ACTS:
        _act(told, challenge, pupils, teacher)
    return group


def _settled() -> dict[str, str]:
    return {
        LaunchCheck.Key.SAFEGUARDING_LEAD: "Mr. Bell, room 12",
        LaunchCheck.Key.SUPPORT_CONTACTS: "",
        LaunchCheck.Key.PARENTS_INFORMED: "A letter in the first week",
        LaunchCheck.Key.OPT_OUT_ROUTE: "Tell me, at any time",
        LaunchCheck.Key.MODERATOR: "",
        LaunchCheck.Key.DATA_FORM: "DP-7 in the office",
    }


def _pupil(group: Group, name: str, teacher: User) -> User:
    pupil = Pupil.objects.add(group, name, by=teacher)
    secret = Secret(pictures=PICTURES, words=WORDS, card=pupil.secret.card)
    Pupil.objects.filter(pk=pupil.pk).update(credential=secret.locked())
    pupil.user.public_id = fixed_id(f"{CLASS} {name}")
    pupil.user.save(update_fields=["public_id"])
    return pupil.user


def _act(told: Told, challenge: Challenge, pupils: dict[str, User], teacher: User) -> None:
    group, author = challenge.group, pupils[told.who]
    day = challenge.starts_on + timedelta(days=told.day - 1)
    step = challenge.steps.filter(step_key=told.step).first()
    act = Act.objects.post(
        author,
        group,
        kind=told.kind,
        done_on=day,
        form_key=fixed_id(f"{told.day} {told.at} {told.who}"),
        text=told.text,
        audience="leaders" if told.to_teacher else "group",
        source="posted" if told.text else "tick",
        challenge=challenge,
        step=step,
        credited=[pupils[name] for name in told.thanks],
    )
    if step:
        step.challenge = challenge
        settle(author, step, "", on=day)
    moment = min(datetime.combine(day, time.fromisoformat(told.at), group.organization.zone), timezone.now())
    Act.objects.filter(pk=act.pk).update(created_at=moment)
    if told.waits:
        return
    act.group = group
    reading.share(act, teacher)
    Act.objects.filter(pk=act.pk).update(shown_at=moment + timedelta(minutes=20))
    Credit.objects.filter(act=act).update(created_at=moment)
