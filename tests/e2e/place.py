"""A town of groups to look at: every kind of act and state of a challenge, long names, names from right to left."""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import AddressChange, User
from challenges.models import Challenge, Step
from feed.models import Act, Case, Comment, Credit, KindNote, Moment, Photo, Reaction
from groups.models import Group, JoinCode, Pupil, SupportContact
from notifications import stopping
from notifications.models import KeptMail
from tests.accounts.authenticator import Passkey
from tests.factories import join, make_act, make_challenge, make_class, make_group, make_pupil, make_user

LONG_NAME = "Bartholomew-Maximilian Featherstonehaugh-Cholmondeley von und zu Lint"[:60]
RTL_NAME = "نور الهدى عبد الرحمن"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_TEXT = (
    f"{LONG_WORD} had no bread left, so we shared ours at the bench by the river, and then "
    "three more people came along. " * 7
)[:980]


def picture(width: int = 900, height: int = 600, kind: str = "JPEG") -> bytes:
    """A small painting: a bench under a sun."""
    image = Image.new("RGB", (width, height), "#97c9d6")
    brush = ImageDraw.Draw(image)
    brush.ellipse((width * 0.7, height * 0.1, width * 0.85, height * 0.1 + width * 0.15), fill="#f6b436")
    brush.rectangle((0, height * 0.7, width, height), fill="#3d8a5f")
    brush.rectangle((width * 0.2, height * 0.55, width * 0.6, height * 0.62), fill="#14302b")
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def add_photo(act: Act, alt: str) -> Photo:
    photo = Photo.objects.create(group=act.group, act=act, uploader=act.author, width=900, height=600, alt=alt)
    for size in ("small", "large"):
        default_storage.save(photo.path(size), ContentFile(picture(kind="WEBP")))
    return photo


@dataclass(frozen=True)
class Place:
    """People by role, and what pages are about."""

    people: dict[str, User | None]
    group: Group
    empty: Group
    daily: Challenge
    weekly: Challenge
    cards: Challenge
    upcoming: Challenge
    closed: Challenge
    step: Step
    mine: Act
    others: Act
    origin: Act
    talked: Act
    comment: Comment
    hidden: Act
    gone: Act
    case: Case
    credit: Credit
    code: JoinCode
    spare_code: JoinCode
    mail: KeptMail
    change: AddressChange
    stop: str
    contact: SupportContact
    long: User
    removed: User
    alone: Group
    put_away: Group
    going: Group
    school: Group
    pupil: User
    class_code: JoinCode
    wall_code: JoinCode
    class_act: Act
    lesson: Challenge
    returned: Act


def make_place() -> Place:
    olive, mia = make_user("Olive Okafor", password="three plain words"), make_user("Mia Marsh")
    group = make_group(olive, name="Ferry Lane Surgery")
    nora, long = make_user(RTL_NAME, email="right.to.left@example.org"), make_user(LONG_NAME)
    for person in (mia, nora, long, *(make_user(f"Member {n}") for n in range(6))):
        join(group, person)
    daily = make_challenge(group, started=5)
    weekly_group = make_group(olive, name=f"The {LONG_WORD[:50]} team", mode="community")
    cards_group = make_group(olive, name="جيران شارع النهر", mode="community")
    join(weekly_group, mia)
    join(cards_group, mia)
    weekly = make_challenge(weekly_group, program="t01", started=9)
    cards = make_challenge(cards_group, program="t08", started=2)
    upcoming = make_challenge(cards_group, starts_on=date.today() + timedelta(days=12))
    closed = make_challenge(cards_group, program="t02", started=40)
    acts = _acts(group, daily, olive, mia, nora, long)
    for n in range(24):
        author = (olive, nora, long)[n % 3]
        make_act(group, author, kind=("did", "saw", "received")[n % 3], challenge=daily, text=f"Small thing {n}.")
    old = make_act(cards_group, nora, text="Watered every plant on the stairs.", challenge=closed)
    Moment.objects.create(challenge=closed, act=old, chosen_by=olive)
    hidden, case = _reports(group, olive, mia, nora)
    newcomer, founder = make_user("Nell Newcomer"), make_user("Finn Founder")
    empty = make_group(founder, name="Harbour Street")
    lone = make_user("Lena Lone")
    join(empty, lone)
    KindNote.objects.send(empty, founder, to="all", text=LONG_TEXT[:400])
    alone, put_away, going = (make_group(olive, name=name) for name in ("Just begun", "Winter 2019", LONG_NAME))
    put_away.put_away(olive)
    going.delete_soon(olive)
    removed = make_user("Rex Removed")
    join(group, removed).remove(olive)
    group.override("money", allowed=False, by=long)
    JoinCode.objects.create(group=group, expires_at=timezone.now() - timedelta(days=3), uses=7)
    Authenticator.objects.create(user=founder, type="webauthn", data=Passkey().stored("my phone"))
    step = daily.steps.first()
    comment = acts["talked"].comments.filter(author=mia).first()
    credit = Credit.objects.filter(person=mia).first()
    assert step
    assert comment
    assert credit
    school, theo = _class()
    leila = _leila(school)
    class_act, (student, returned) = _acts_of_a_class(school, theo), _students(theo)
    return Place(
        people={
            "visitor": None,
            "teacher": theo,
            "pupil": leila,
            "student": student,
            "newcomer": newcomer,
            "member": mia,
            "leader": olive,
            "founder": founder,
            "lone": lone,
            "operator": make_user("Ada Admin", is_staff=True),
            "asked": make_user("Asa Asked", terms_fingerprint=""),
            "sure": mia,  # and has confirmed a moment ago that it is her
        },
        group=group,
        empty=empty,
        daily=daily,
        weekly=weekly,
        cards=cards,
        upcoming=upcoming,
        closed=closed,
        step=step,
        mine=acts["mine"],
        others=acts["others"],
        origin=acts["origin"],
        talked=acts["talked"],
        comment=comment,
        hidden=hidden,
        gone=_taken_down(group, olive, mia),
        case=case,
        credit=credit,
        code=JoinCode.current(group, olive),
        spare_code=JoinCode.current(empty, founder),
        contact=_contacts(group),
        long=long,
        removed=removed,
        alone=alone,
        put_away=put_away,
        going=going,
        school=school,
        pupil=leila,
        class_code=JoinCode.current(school, theo, JoinCode.Purpose.CLASS),
        wall_code=JoinCode.current(school, theo, JoinCode.Purpose.WALL),
        class_act=class_act,
        lesson=school.challenges.get(),
        returned=returned,
        mail=KeptMail.objects.create(
            address="mia@example.org",
            subject="Your code",
            text="123456",
            html="<!doctype html><html lang='en'><title>Your code</title><p>123456</p></html>",
        ),
        stop=stopping.url_for(mia, "reminder").removeprefix(settings.BASE_URL),
        change=AddressChange.objects.create(user=lone, address="lena.new@example.org", begun_by=founder),
    )


def _class() -> tuple[Group, User]:
    """A class with two of the same name, one who is locked, a name from right to left and a long one."""
    theo = make_user("Theo Teacher")
    group = make_class(theo, name="Class 4 Kestrels", pupils=["Ada", "Ben", "Caleb", "Leila", RTL_NAME, LONG_NAME[:30]])
    make_pupil(group, "Ada", hint="red glasses")
    locked = make_pupil(group, "Omar")
    while locked.take_try():
        pass
    return group, theo


def _leila(group: Group) -> User:
    """The demo, beside which this place stands for pictures, has one of this name, too."""
    return Pupil.objects.in_class(group).get(user__name="Leila").user


def _acts_of_a_class(group: Group, theo: User) -> Act:
    """A program under way: acts that were shared, one of them Leila's, and all kinds of what waits to be read."""
    challenge = make_challenge(group, program="t11", started=1)
    people = [pupil.user for pupil in Pupil.objects.in_class(group)]
    leila, others = _leila(group), [one for one in people if one.name != "Leila"]
    for n, author in enumerate([*others[:3], leila]):
        thanked = [leila] if n == 0 else []
        text = f"{LONG_WORD[:40]} and the pencils, {n}." if n else "Picked up all the pencils."
        kind = "saw" if thanked else "did"
        act = make_act(group, author, kind=kind, text=text, challenge=challenge, credited=thanked)
        act.change("shown", by=theo)
    shown = Act.objects.filter(group=group, author=others[0]).get()
    step = challenge.steps.first()
    for author in others[:3]:
        make_act(group, author, text="", source="tick", challenge=challenge, step=step)
    make_act(group, others[1], text=LONG_TEXT[:400], kind="received", credited=[leila], audience="leaders")
    make_act(group, others[2], text="My brother hits me when nobody is there.", challenge=challenge)
    add_photo(make_act(group, others[3], text="Drew a card.", challenge=challenge), "A card with a sun")
    return shown


def _students(theo: User) -> tuple[User, Act]:
    """A secondary class in which one act came back with a note."""
    group = make_class(theo, name="9B Harrier", mode="secondary", pupils=["Sam", "Noor"])
    challenge = make_challenge(group, program="t12", started=1)
    sam = Pupil.objects.in_class(group).get(user__name="Sam").user
    back = make_act(group, sam, text="Helped somebody with the chairs.", challenge=challenge)
    back.change("returned", by=theo, why="Thank you for telling this. What did they say?")
    make_act(group, sam, text="Asked how it went.", challenge=challenge)
    return sam, back


def _contacts(group: Group) -> SupportContact:
    """A contact with everything, one from right to left, one with a very long word."""
    for name, said in ((RTL_NAME, "عندما يكون الأمر صعبا"), (LONG_WORD[:60], LONG_WORD * 2)):
        SupportContact.objects.create(organization=group.organization, name=name, what_for=said[:160], phone="112")
    return SupportContact.objects.create(
        organization=group.organization,
        name="Dr. Ada Quist, company doctor",
        what_for="When work makes you ill, or you worry about somebody",
        phone="+1 (555) 0100",
        email="a.very.long.address.of.somebody@occupational-health.example.org",
        link="https://help.example.org/people",
    )


def _acts(group: Group, challenge: Challenge, olive: User, mia: User, nora: User, long: User) -> dict[str, Act]:
    """A ripple of four, a talk, a credit, a photo, and the odd ones."""
    origin = make_act(group, nora, text="Carried the heavy boxes up to the third floor.", challenge=challenge)
    second = make_act(group, mia, text="Did the next shift.", challenge=challenge, parent=origin, link_kind="passed_on")
    third = make_act(group, long, text=LONG_TEXT, challenge=challenge, parent=second, link_kind="passed_on")
    make_act(group, olive, text="Brought soup.", challenge=challenge, parent=third, link_kind="passed_on")
    make_act(group, olive, text="Me too.", challenge=challenge, parent=origin, link_kind="inspired")
    gone = make_act(group, long, text="Gone soon.", challenge=challenge, parent=origin, link_kind="passed_on")
    make_act(group, nora, text="After that one.", challenge=challenge, parent=gone, link_kind="passed_on")
    gone.change(Act.State.REMOVED, by=long)
    others = make_act(
        group, olive, kind="saw", text="Stayed until the taxi came.", challenge=challenge, credited=[mia, nora]
    )
    add_photo(others, "A bench by the river")
    make_act(group, nora, text="ساعدت جارتي في حمل أكياسها إلى البيت.", challenge=challenge)
    make_act(group, long, kind="received", text="", source="tick", challenge=challenge, signed="someone")
    make_act(group, mia, kind="received", text="Only for me.", audience="private")
    mine = make_act(group, mia, text="Wrote a letter.", challenge=challenge, feeling=4)
    talked = make_act(group, mia, text="Made the tea for everyone.", challenge=challenge)
    for n, (author, text) in enumerate([(olive, "That was you?"), (mia, "It was."), (nora, LONG_WORD * 3)]):
        Comment.objects.post(talked, author, text, form_key=f"talk-{n}")
    for person, kind in ((olive, "thanks"), (nora, "moved"), (long, "celebrating")):
        Reaction.objects.toggle(talked, person, kind)
    return {"origin": origin, "others": others, "mine": mine, "talked": talked}


def _taken_down(group: Group, olive: User, mia: User) -> Act:
    act = make_act(group, mia, text="Said who had been late again.")
    act.change(Act.State.REMOVED, by=olive)
    return act


def _reports(group: Group, olive: User, mia: User, nora: User) -> tuple[Act, Case]:
    """An act of Mia's that a leader has hidden, and one that waits to be looked at."""
    hidden, waiting = make_act(group, mia, text="Told all about the boss."), make_act(group, nora, signed="someone")
    add_photo(waiting, "A bench by the river")
    for act in (hidden, waiting):
        Case.objects.about(act).report(mia if act == waiting else nora, reason="unkind", words=LONG_TEXT[:300])
    Case.objects.about(hidden).decide(
        "hidden", by=olive, note="It could be read as unkind, even if you did not mean it."
    )
    return hidden, Case.objects.about(waiting)
