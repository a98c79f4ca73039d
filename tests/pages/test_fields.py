"""Forms as everybody meets them: each field with its label, its hint and its error beside it."""

import pytest
from django import forms
from django.template import engines

from tests.html import problems_of


class Sample(forms.Form):
    name = forms.CharField(label="Group name", help_text="People see this when they join.", max_length=20)
    story = forms.CharField(label="What happened", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("did", "I did it"), ("saw", "I saw it")], widget=forms.RadioSelect)
    thank = forms.MultipleChoiceField(
        label="Thank", choices=[("a", "Ana"), ("b", "Bo")], widget=forms.CheckboxSelectMultiple, required=False
    )
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date", "class": "short"}))
    program = forms.ChoiceField(label="Program", choices=[("t01", "Five Acts")])
    photo = forms.FileField(label="Photo", required=False)
    someone = forms.BooleanField(label="As Someone", required=False, help_text="Nobody sees your name.")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


PAGE = """{% form_errors form %}<form>{% field form.name %}{% field form.story vh=True data_count="{n} left" rows=3 %}
{% field form.kind as="seg" icons="did:hand-heart,saw:eye" %}{% field form.thank %}{% field form.day %}
{% field form.program %}{% field form.photo %}{% field form.someone %}{{ form.key }}</form>"""


def shown(form: forms.Form) -> str:
    return engines["django"].from_string(PAGE).render({"form": form})


@pytest.mark.parametrize("data", [None, {}, {"name": "x" * 30, "day": "31 February", "kind": "felt"}])
def test_every_kind_of_field_is_labelled_and_well_formed(data: dict[str, str] | None) -> None:
    assert list(problems_of(shown(Sample(data)))) == []


def test_a_mistake_stands_at_its_field_and_what_was_typed_stays() -> None:
    page = shown(Sample({"name": "A very long name indeed, longer than fits", "kind": "did"}))
    assert 'value="A very long name indeed, longer than fits"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_hint id_name_error"' in page
    assert 'id="id_name_error"' in page
    assert page.index('id="id_name_error"') > page.index('name="name"')


def test_the_summary_takes_the_focus_and_leads_to_each_mistake() -> None:
    page = shown(Sample({"name": "Choir"}))
    summary = page[: page.index("<form>")]
    assert "data-focus" in summary
    assert 'role="alert"' in summary
    for name in ("kind", "day", "program"):
        assert f'href="#id_{name}"' in summary
        assert f'id="id_{name}"' in page


def test_a_mistake_reads_as_a_sentence_also_where_the_label_is_a_question() -> None:
    class Asked(forms.Form):
        name = forms.CharField(label="What should people call you?")
        day = forms.DateField(label="Day")

    page = engines["django"].from_string("{% form_errors form %}").render({"form": Asked({})})
    assert '<li><a href="#id_name">What should people call you?</a> This field is required.</li>' in page
    assert '<li><a href="#id_day">Day</a>: This field is required.</li>' in page


def test_a_form_without_mistakes_has_no_summary() -> None:
    assert "note--bad" not in shown(Sample())
    assert "aria-invalid" not in shown(Sample())


def test_choices_are_real_radio_buttons_with_their_icons() -> None:
    page = shown(Sample({"kind": "saw"}))
    assert '<div class="seg">' in page
    assert page.count('type="radio"') == 2
    assert page.count("<svg") >= 2


def test_a_control_takes_the_attributes_it_is_given() -> None:
    page = shown(Sample())
    assert 'data-count="{n} left"' in page
    assert 'class="input short"' in page
    assert '<label for="id_story" class="vh">' in page


def test_what_was_typed_cannot_become_markup() -> None:
    page = shown(Sample({"name": '"><script>alert(1)</script>', "story": "</textarea><script>"}))
    assert "<script>" not in page
