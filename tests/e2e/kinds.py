"""Every kind of page, for whom it is looked at, and in which states: one list for all tests that look at pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from tests.access import NONSENSE
from tests.e2e.place import Place

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Kind:
    """A page in one state.

    Attributes:
        name: what a test calls it: the route, then the state.
        role: who looks (a key of `Place.people`).
        address: where it is; its route must be the name's first word.
        status: what it answers.
        then: what is done on it before looking: a swap, a failed form.
    """

    name: str
    role: str
    address: Callable[[Place], str]
    status: int = 200
    then: Step | None = None

    @property
    def route(self) -> str:
        return self.name.split()[0].rstrip(",")


def at(route: str, *arguments: str) -> Callable[[Place], str]:
    """The address of a route, with arguments named by a path such as "group.slug" in the place."""

    def address(place: Place) -> str:
        return reverse(route, args=[_value(place, name) for name in arguments])

    return address


def _value(place: Place, path: str) -> str:
    found: object = place
    for part in path.split("."):
        found = getattr(found, part)
    return str(found)


def asking(address: Callable[[Place], str], query: str) -> Callable[[Place], str]:
    return lambda place: f"{address(place)}?{query}"


def make_address(page: Page) -> None:
    """Make the address of one's calendar, which is shown this once."""
    page.locator("main form button").first.click()
    page.wait_for_load_state()


def send_empty(page: Page) -> None:
    """Send the page's main form without what it needs, past the browser's own check."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.evaluate(
            """() => {
              const forms = [...document.querySelectorAll('main form[method=post]')];
              const field = 'input:not([type=hidden]), textarea, select';
              const form = forms.find((one) => one.querySelector(field)) || forms[0];
              form.noValidate = true;
              form.querySelectorAll('input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea')
                .forEach((field) => { field.value = ''; });
              form.requestSubmit();
            }"""
        )
    page.locator("[aria-invalid=true], .error, .errors").first.wait_for(state="attached")
    page.wait_for_load_state()


def send_long(page: Page) -> None:
    """Post more than fits."""
    page.locator("#post textarea[name=text]").evaluate(
        "area => { area.maxLength = 5000; area.value = 'kind '.repeat(300); }"
    )
    page.locator("#post .btn").last.click()
    page.locator("[aria-invalid=true], .error").first.wait_for(state="attached")


def send_signed_out(page: Page) -> None:
    """Post after the session has ended; it is there again for the next look."""
    kept = [cookie for cookie in page.context.cookies() if cookie.get("name") == "session"]
    page.locator("#post textarea[name=text]").fill("Held the door for somebody with a pram.")
    page.context.clear_cookies(name="session")
    page.locator("#post .btn").last.click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def change_too_late(page: Page) -> None:
    """Send a change of the act that this page says is gone, as a tab does that was open before."""
    with page.expect_navigation():
        page.evaluate(
            """() => {
              const form = document.querySelector('form:has([name=csrfmiddlewaretoken])').cloneNode(true);
              Object.assign(form, {action: `${location.pathname}edit/`, method: 'post'});
              form.append(Object.assign(document.createElement('textarea'), {name: 'text', value: 'Held both doors.'}));
              document.body.append(form);
              form.submit();
            }"""
        )
    page.get_by_text("Held both doors.").wait_for()


def answer_first(page: Page) -> None:
    """Press the first "Thank you", which gives the answer or takes it back, and wait for the swap."""
    with page.expect_response("**/thanks/"):
        page.get_by_role("button", name="Thank you").first.click()
    page.wait_for_timeout(100)


def choose_second_program(page: Page) -> None:
    with page.expect_response("**/preview/"):
        page.locator("label:has(input[name=program])").nth(1).click()
    page.wait_for_timeout(50)


def swap_prompt(page: Page) -> None:
    with page.expect_response("**/choice/"):
        page.locator(".prompt").first.get_by_role("button", name="Show me other ideas").first.click()
    page.wait_for_timeout(50)


def press_with(page: Page, name: str, value: str) -> None:
    """Press a button after its form's day was taken out."""
    page.locator("input[type=date]").fill("")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"button[name={name}][value={value}]").click()
    page.locator("[aria-invalid=true]").first.wait_for(state="attached")
    page.wait_for_load_state()


def tap_a_cat(page: Page) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Cat").click()
    page.locator("input[name=picked]").first.wait_for(state="attached")


def look_at_a_list(page: Page) -> None:
    page.get_by_label("Names, one a line").fill("Ada Okafor\nZoë\nAda")
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("heading", name="What would change").wait_for()


def look_at_the_next_year(page: Page) -> None:
    page.get_by_label("I record it anew").check()
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Yes, begin the next year").wait_for()


def open_the_menu_of_a_class(page: Page) -> None:
    page.locator(".tabs summary").click()
    page.get_by_role("link", name="Before it begins").wait_for()


def ask_for_no_pause(page: Page) -> None:
    press_with(page, "do", "mute")


def make_no_code(page: Page) -> None:
    press_with(page, "do", "limit")


def ask_too_often(page: Page) -> None:
    page.evaluate("async () => { while ((await fetch('/join/ABCD2345/')).status !== 429); }")
    page.goto("/join/ABCD2345/")
    page.get_by_role("heading", name="A little slower").wait_for()


def send_far_too_much(page: Page) -> None:
    """A form of more than a megabyte, as no page of ours has it."""
    page.evaluate(
        """() => {
          const form = document.createElement('form');
          const words = document.createElement('input');
          [form.method, form.action, words.name, words.value] = ['post', '/acts/', 'text', 'kind '.repeat(300000)];
          form.append(words);
          document.body.append(form);
          form.submit();
        }"""
    )
    page.get_by_role("heading", name="That was too large").wait_for()


def open_more(page: Page) -> None:
    page.get_by_text("Or do one of these").click()
    page.get_by_role("button", name="Show me others").wait_for()


def send_a_long_one(page: Page) -> None:
    page.locator("textarea[name=text]").evaluate("area => { area.maxLength = 5000; area.value = 'kind '.repeat(300); }")
    page.get_by_role("button", name="Give it to").click()
    page.locator("[aria-invalid=true]").first.wait_for(state="attached")


def send_back_without_a_note(page: Page) -> None:
    first = page.locator("article.queue-item").first
    first.get_by_text("Send it back with a note").click()
    first.locator("textarea[name=note]").fill("")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        first.get_by_role("button", name="Send it back").click()
    page.locator("[aria-invalid=true]").first.wait_for(state="attached")


KINDS = [
    Kind("home landing", "visitor", at("home")),
    Kind("home without a group", "newcomer", at("home")),
    Kind("home of an empty group", "lone", at("home")),
    Kind("home", "member", at("home")),
    Kind("home of a leader", "leader", at("home")),
    Kind("home after an answer", "member", at("home"), then=answer_first),
    Kind("home after a swap", "member", at("home"), then=swap_prompt),
    Kind("enter-code", "visitor", at("enter-code")),
    Kind("enter-code refused", "visitor", at("enter-code"), then=send_empty),
    Kind("join", "visitor", at("join", "code.code")),
    Kind("join with a wrong code", "visitor", lambda place: reverse("join", args=["ABCD2345"]), 404),
    Kind("join signed in", "newcomer", at("join", "code.code")),
    Kind("join as a member", "member", at("join", "code.code")),
    Kind("invite", "leader", at("invite", "group.slug")),
    Kind("invite refused", "leader", at("invite", "group.slug"), then=send_empty),
    Kind("group-settings", "leader", at("group-settings", "group.slug")),
    Kind("group-settings refused", "leader", at("group-settings", "group.slug"), then=send_empty),
    Kind("group-settings of one put away", "leader", at("group-settings", "put_away.slug")),
    Kind("group-people", "leader", at("group-people", "group.slug")),
    Kind("group-people alone", "leader", at("group-people", "alone.slug")),
    Kind("group-person", "leader", at("group-person", "group.slug", "long.public_id")),
    Kind("group-person refused", "leader", at("group-person", "group.slug", "long.public_id"), then=ask_for_no_pause),
    Kind("group-person removed", "leader", at("group-person", "group.slug", "removed.public_id")),
    Kind("group-codes", "leader", at("group-codes", "group.slug")),
    Kind("group-codes refused", "leader", at("group-codes", "group.slug"), then=make_no_code),
    Kind("group-codes none", "leader", at("group-codes", "alone.slug")),
    Kind("poster", "leader", at("poster", "group.slug")),
    Kind("poster without the drawing", "leader", asking(at("poster", "group.slug"), "art=0")),
    Kind("poster without a code", "leader", at("poster", "alone.slug")),
    Kind("group-delete", "leader", at("group-delete", "group.slug")),
    Kind("group-delete refused", "leader", at("group-delete", "group.slug"), then=send_empty),
    Kind("group-delete on its way", "leader", at("group-delete", "going.slug")),
    Kind("organization", "leader", at("organization", "group.organization.public_id")),
    Kind("organization refused", "leader", at("organization", "group.organization.public_id"), then=send_empty),
    Kind("organization-contacts", "leader", at("organization-contacts", "group.organization.public_id")),
    Kind(
        "organization-contacts refused",
        "leader",
        at("organization-contacts", "group.organization.public_id"),
        then=send_empty,
    ),
    Kind("support-contact", "leader", at("support-contact", "contact.public_id")),
    Kind("support", "member", at("support")),
    Kind("support of an admin", "leader", at("support")),
    Kind("support without a group", "newcomer", at("support")),
    Kind("groups of a leader", "leader", at("groups")),
    Kind("group put away", "leader", at("group", "put_away.slug")),
    Kind("lead", "leader", at("lead", "group.slug")),
    Kind("kind-note", "leader", at("kind-note", "group.slug")),
    Kind("kind-note refused", "leader", at("kind-note", "group.slug"), then=send_empty),
    Kind("kind-note of this week", "founder", at("kind-note", "empty.slug")),
    Kind("lead an empty group", "founder", at("lead", "empty.slug")),
    Kind("challenge daily", "member", at("challenge", "daily.public_id")),
    Kind("challenge daily of a leader", "leader", at("challenge", "daily.public_id")),
    Kind("challenge weekly", "member", at("challenge", "weekly.public_id")),
    Kind("challenge cards", "member", at("challenge", "cards.public_id")),
    Kind("challenge upcoming", "member", at("challenge", "upcoming.public_id")),
    Kind("challenge closed", "member", at("challenge", "closed.public_id")),
    Kind("closing", "member", at("closing", "closed.public_id")),
    Kind("closing of a leader", "leader", at("closing", "closed.public_id")),
    Kind("you", "member", at("you")),
    Kind("you, new", "newcomer", at("you")),
    Kind("offline", "visitor", lambda place: reverse("offline", args=["en"])),
    Kind("devices", "member", at("devices")),
    Kind("reminders", "member", at("reminders")),
    Kind("reminders of a leader", "leader", at("reminders")),
    Kind("calendar", "member", at("calendar")),
    Kind("stop", "visitor", lambda place: place.stop),
    Kind("calendar just made", "newcomer", at("calendar"), then=make_address),
    Kind("about", "visitor", at("about")),
    Kind("privacy", "visitor", at("privacy")),
    Kind("terms", "visitor", at("terms")),
    Kind("accept-terms", "asked", at("accept-terms")),
    Kind("my-data", "member", at("my-data")),
    Kind("my-data-copy", "sure", at("my-data-copy")),
    Kind("erase", "member", at("erase")),
    Kind("erase, but first hand over", "founder", at("erase")),
    Kind("erase-confirm without a choice", "member", at("erase-confirm"), 422),
    Kind("erase-confirm", "sure", asking(at("erase-confirm"), "keep=acts")),
    Kind("erase-confirm refused", "sure", asking(at("erase-confirm"), "keep=nothing"), then=send_empty),
    Kind("settings", "member", at("settings")),
    Kind("status", "operator", at("status")),
    Kind("settings refused", "member", at("settings"), then=send_empty),
    Kind("mfa_index", "member", at("mfa_index")),
    Kind("mfa_index with a change of address", "lone", at("mfa_index")),
    Kind("sessions", "member", at("sessions")),
    Kind("socialaccount_connections", "member", at("socialaccount_connections")),
    Kind("socialaccount_login_cancelled", "visitor", at("socialaccount_login_cancelled")),
    Kind("account_confirm_by_mail", "member", at("account_confirm_by_mail")),
    Kind("account_reauthenticate", "leader", at("account_reauthenticate")),
    Kind("account_reauthenticate refused", "leader", at("account_reauthenticate"), then=send_empty),
    Kind("mfa_reauthenticate_webauthn", "founder", at("mfa_reauthenticate_webauthn")),
    Kind("mfa_index with a passkey", "founder", at("mfa_index")),
    Kind("account_prove_address", "visitor", at("account_prove_address", "change.proof")),
    Kind("account_stop_address", "visitor", at("account_stop_address", "change.stopper")),
    Kind("notices", "member", at("notices")),
    Kind("notices empty", "newcomer", at("notices")),
    Kind("kept-mails", "visitor", at("kept-mails")),
    Kind("kept-mail", "visitor", at("kept-mail", "mail.public_id")),
    Kind("sample-mails", "visitor", at("sample-mails")),
    Kind("sample-mail", "visitor", lambda place: reverse("sample-mail", args=["week-of-two-groups"])),
    Kind("groups", "member", at("groups")),
    Kind("groups empty", "newcomer", at("groups")),
    Kind("people", "member", at("people", "group.slug")),
    Kind("people of a leader", "leader", at("people", "group.slug")),
    Kind("leave", "member", at("leave", "group.slug")),
    Kind("start", "visitor", at("start")),
    Kind("start of a leader", "leader", at("start")),
    Kind("start refused", "visitor", at("start"), then=send_empty),
    Kind("start after a swap", "visitor", at("start"), then=choose_second_program),
    Kind("programs", "visitor", at("programs")),
    Kind("programs of a member", "member", at("programs")),
    Kind("program t01", "visitor", lambda place: reverse("program", args=[place.weekly.program.slug])),
    Kind("program t02", "visitor", lambda place: reverse("program", args=[place.daily.program.slug])),
    Kind("program t08", "member", lambda place: reverse("program", args=[place.cards.program.slug])),
    Kind("program-guide", "visitor", lambda place: reverse("program-guide", args=[place.cards.program.slug])),
    Kind("ideas", "visitor", at("ideas")),
    Kind("ideas, none found", "visitor", asking(at("ideas"), "text=zzzzzz")),
    Kind("evidence", "visitor", at("evidence")),
    Kind("challenge-edit", "leader", at("challenge-edit", "daily.public_id")),
    Kind("challenge-edit refused", "leader", at("challenge-edit", "daily.public_id"), then=send_empty),
    Kind("challenge-steps", "leader", at("challenge-steps", "daily.public_id")),
    Kind("challenge-steps weekly", "leader", at("challenge-steps", "weekly.public_id")),
    Kind("step-edit", "leader", at("step-edit", "step.public_id")),
    Kind("step-edit refused", "leader", at("step-edit", "step.public_id"), then=send_empty),
    Kind("challenge-end", "leader", at("challenge-end", "daily.public_id")),
    Kind("challenge-cancel", "leader", at("challenge-cancel", "daily.public_id")),
    Kind("challenge-again", "leader", at("challenge-again", "closed.public_id")),
    Kind("my-way", "member", at("my-way", "weekly.public_id")),
    Kind("my-way daily", "member", at("my-way", "daily.public_id")),
    Kind("plan", "member", at("plan", "daily.public_id")),
    Kind("plan refused", "member", at("plan", "daily.public_id"), then=send_empty),
    Kind("habit", "member", at("habit")),
    Kind("habit refused", "member", at("habit"), then=send_empty),
    Kind("group", "member", at("group", "group.slug")),
    Kind("group of a leader", "leader", at("group", "group.slug")),
    Kind("group empty", "lone", at("group", "empty.slug")),
    Kind("group, none found", "member", asking(at("group", "group.slug"), "q=zzzzzz")),
    Kind("group, found", "member", asking(at("group", "group.slug"), "q=bread")),
    Kind("group after an answer", "member", at("group", "group.slug"), then=answer_first),
    Kind("my-acts", "member", at("my-acts")),
    Kind("my-acts empty", "newcomer", at("my-acts")),
    Kind("post-act", "member", lambda place: f"{reverse('post-act')}?group={place.group.slug}"),
    Kind("post-act refused", "lone", at("post-act"), then=send_long),
    Kind("post-act signed out meanwhile", "lone", at("post-act"), then=send_signed_out),
    Kind("act of another", "member", at("act", "others.public_id")),
    Kind("act of mine", "member", at("act", "mine.public_id")),
    Kind("act with a ripple", "leader", at("act", "origin.public_id")),
    Kind("act with comments", "member", at("act", "talked.public_id")),
    Kind("act after an answer", "member", at("act", "others.public_id"), then=answer_first),
    Kind("act that was hidden", "member", at("act", "hidden.public_id")),
    Kind("act that was taken down", "member", at("act", "gone.public_id")),
    Kind("act changed too late", "member", at("act", "gone.public_id"), then=change_too_late),
    Kind("act that was hidden, for a leader", "leader", at("act", "hidden.public_id")),
    Kind("act-report", "member", at("act-report", "others.public_id")),
    Kind("act-report refused", "member", at("act-report", "others.public_id"), then=send_empty),
    Kind("comment-report", "leader", at("comment-report", "comment.public_id")),
    Kind("reports", "leader", at("reports", "group.slug")),
    Kind("reports, none", "founder", at("reports", "empty.slug")),
    Kind("case", "leader", at("case", "case.public_id")),
    Kind("case of what was hidden", "leader", lambda place: place.hidden.cases.get().get_absolute_url()),
    Kind("act-edit", "member", at("act-edit", "mine.public_id")),
    Kind("act-remove", "member", at("act-remove", "mine.public_id")),
    Kind("pass-on", "member", at("pass-on", "others.public_id")),
    Kind("ripple", "member", at("ripple", "origin.public_id")),
    Kind("ripple of a branch", "member", at("ripple", "mine.public_id")),
    Kind("credits", "member", at("credits")),
    Kind("credits empty", "newcomer", at("credits")),
    Kind("account_login", "visitor", at("account_login")),
    Kind("account_login refused", "visitor", at("account_login"), then=send_empty),
    Kind("account_signup", "visitor", at("account_signup")),
    Kind("account_signup refused", "visitor", at("account_signup"), then=send_empty),
    Kind("account_reset_password", "visitor", at("account_reset_password")),
    Kind("account_reset_password refused", "visitor", at("account_reset_password"), then=send_empty),
    Kind("account_password_reset_completed", "visitor", at("account_password_reset_completed")),
    Kind("account_inactive", "visitor", at("account_inactive")),
    Kind("account_set_password", "member", at("account_set_password")),
    Kind("account_change_password", "leader", at("account_change_password")),
    Kind("class-door", "visitor", at("class-door")),
    Kind("class-door refused", "visitor", at("class-door"), then=send_empty),
    Kind("class-names", "visitor", at("class-names", "class_code.code")),
    Kind("class-pupil", "visitor", at("class-pupil", "class_code.code", "pupil.public_id")),
    Kind("class-pupil after a tap", "visitor", at("class-pupil", "class_code.code", "pupil.public_id"), then=tap_a_cat),
    Kind("classroom", "teacher", at("classroom", "school.slug")),
    Kind("class-pupils", "teacher", at("class-pupils", "school.slug")),
    Kind("class-pupil-page", "teacher", at("class-pupil-page", "school.slug", "pupil.public_id")),
    Kind("class-pupil-data", "teacher", at("class-pupil-data", "school.slug", "pupil.public_id")),
    Kind("class-pupil-move", "teacher", at("class-pupil-move", "school.slug", "pupil.public_id")),
    Kind("class-teachers", "teacher", at("class-teachers", "school.slug")),
    Kind("school", "teacher", at("school", "school.organization.public_id")),
    Kind("school-roster", "teacher", at("school-roster", "school.organization.public_id")),
    Kind("class-cards", "teacher", at("class-cards", "school.slug")),
    Kind("start-class", "member", at("start-class")),
    Kind("start-class refused", "teacher", at("start-class"), then=send_empty),
    Kind("class-launch", "teacher", at("class-launch", "school.slug")),
    Kind("class-authorization", "teacher", at("class-authorization", "school.slug")),
    Kind("class-letter", "teacher", at("class-letter", "school.slug")),
    Kind("class-add", "teacher", at("class-add", "school.slug")),
    Kind("class-add looked at", "teacher", at("class-add", "school.slug"), then=look_at_a_list),
    Kind("class-add refused", "teacher", at("class-add", "school.slug"), then=send_empty),
    Kind("class-begin", "teacher", at("class-begin", "school.slug")),
    Kind("home of a pupil", "pupil", at("home")),
    Kind("home of a pupil with more", "pupil", at("home"), then=open_more),
    Kind("home of a student", "student", at("home")),
    Kind("pupil-tell did", "pupil", at("pupil-tell")),
    Kind("pupil-tell saw", "pupil", asking(at("pupil-tell"), "kind=saw")),
    Kind("pupil-tell in words", "student", asking(at("pupil-tell"), "kind=received")),
    Kind("pupil-tell refused", "student", at("pupil-tell"), then=send_a_long_one),
    Kind("pupil-change", "student", at("pupil-change", "returned.public_id")),
    Kind("act-report of a pupil", "pupil", at("act-report", "class_act.public_id")),
    Kind("waiting", "teacher", at("waiting", "school.slug")),
    Kind("waiting refused", "teacher", at("waiting", "school.slug"), then=send_back_without_a_note),
    Kind("waiting, nothing", "leader", at("waiting", "alone.slug")),
    Kind("lead a class", "teacher", at("lead", "school.slug")),
    Kind("wall", "teacher", at("wall", "school.slug")),
    Kind("wall-screen", "visitor", at("wall-screen", "wall_code.code")),
    Kind("wall-link", "teacher", at("wall-link", "school.slug")),
    Kind("class-pupil-tell", "teacher", at("class-pupil-tell", "school.slug", "pupil.public_id")),
    Kind(
        "class-pupil-tell refused", "teacher", at("class-pupil-tell", "school.slug", "pupil.public_id"), then=send_empty
    ),
    Kind("school-classes", "teacher", at("school-classes", "school.organization.public_id")),
    Kind("paper", "teacher", at("paper")),
    Kind("paper refused", "teacher", at("paper"), then=send_empty),
    Kind("challenge-paper", "teacher", at("challenge-paper", "lesson.public_id")),
    Kind("challenge-paper for each child", "teacher", asking(at("challenge-paper", "lesson.public_id"), "for=pupils")),
    Kind(
        "challenge-paper-week",
        "teacher",
        lambda place: reverse("challenge-paper-week", args=[place.lesson.public_id, 1]),
    ),
    Kind("class-unnoticed", "teacher", at("class-unnoticed", "school.slug")),
    Kind("class-end", "teacher", at("class-end", "school.slug")),
    Kind("class-booklet", "teacher", at("class-booklet", "school.slug")),
    Kind("class-end with its menu", "teacher", at("class-end", "school.slug"), then=open_the_menu_of_a_class),
    Kind("class-next-year", "teacher", at("class-next-year", "school.slug")),
    Kind("class-next-year looked at", "teacher", at("class-next-year", "school.slug"), then=look_at_the_next_year),
    Kind("no page", "visitor", lambda place: f"/{NONSENSE}/", 404),
    Kind("no page for a member", "member", lambda place: f"/acts/{NONSENSE}/", 404),
    Kind("my-acts with a broken address", "member", asking(at("my-acts"), "before=nonsense"), 400),
    Kind("enter-code too often", "visitor", at("enter-code"), then=ask_too_often),
    Kind("post-act far too large", "lone", at("post-act"), then=send_far_too_much),
    Kind("forbidden page", "member", at("lead", "group.slug"), 403),
]
