"""What a teacher fills in about a class and its pupils."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import NameField, clean_name
from groups.models import Classroom, Pupil
from groups.models.pupil import HINT

PUPIL_NAME = 30
RESERVED = {
    *("admin", "administrator", "teacher", "moderator", "leader", "someone", "staff", "system", "goodturn", "operator"),
    *("docente", "profesor", "profesora", "maestro", "maestra", "alguien", "administrador", "administradora"),
    *("moderador", "moderadora", "guía", "sistema", "operador", "operadora"),
}
"""Names that would let a child speak as somebody else."""
ADDRESS = re.compile(r"\S+@\S+|https?:|www\.|\d{5,}")


def clean_pupil_name(typed: str) -> str:
    """A first name or nickname, or ValidationError in words for whoever types a class list."""
    name = clean_name(typed, PUPIL_NAME)
    if not any(letter.isalpha() for letter in name):
        raise ValidationError(_("Please give a name with at least one letter."), code="invisible")
    # However wide or curled its letters are (NFKC), and whatever stands around them.
    if unicodedata.normalize("NFKC", name).casefold().strip(" .-_*") in RESERVED:
        raise ValidationError(_("“%(name)s” is no name for a pupil here.") % {"name": name}, code="reserved")
    if ADDRESS.search(name):
        raise ValidationError(
            _("Please leave out addresses and numbers: a first name or a nickname is enough."), code="address"
        )
    return name


class PupilNameField(NameField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=PUPIL_NAME, **kwargs)

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        return clean_pupil_name(name) if name else ""


class PupilForm(forms.Form):
    name = PupilNameField(
        label=gettext_lazy("First name or nickname"), help_text=gettext_lazy("No surname: the class sees this name.")
    )
    hint = forms.CharField(
        required=False,
        max_length=HINT,
        label=gettext_lazy("How you tell them apart"),
        help_text=gettext_lazy(
            "Only for two of the same name, only for teachers: “red glasses”. The child’s copy of the data holds it."
        ),
    )

    def __init__(self, data: Any = None, *, pupil: Pupil) -> None:
        super().__init__(data, initial={"name": pupil.name, "hint": pupil.hint})

    def clean_hint(self) -> str:
        said: str = self.cleaned_data["hint"]
        return clean_name(said, HINT) if said else ""


class ClassroomForm(forms.Form):
    """How the class signs in, how it shows names, when it is open, who reads first."""

    sign_in = forms.ChoiceField(
        label=gettext_lazy("How do pupils sign in?"), choices=Classroom.SignIn, widget=forms.RadioSelect
    )
    shared_tablets = forms.BooleanField(
        required=False,
        label=gettext_lazy("Pupils share tablets"),
        help_text=gettext_lazy("Ten minutes without a tap, and the tablet has forgotten who was there."),
    )
    names = forms.ChoiceField(
        label=gettext_lazy("Names on the wall and on paper"), choices=Classroom.Names, widget=forms.RadioSelect
    )
    after_hours = forms.BooleanField(
        required=False,
        label=gettext_lazy("Also open at home"),
        help_text=gettext_lazy(
            "From 7 in the morning to 7 in the evening, on all days. Otherwise in school hours only."
        ),
    )
    equal_task = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("The other task"),
        help_text=gettext_lazy("For who sits out: as good a task, in the same minutes. Nobody is asked why."),
    )
    moderator = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who reads what pupils write before others see it?"),
        to_field_name="public_id",
        empty_label=None,
    )

    def __init__(self, data: Any = None, *, classroom: Classroom) -> None:
        names = ("sign_in", "shared_tablets", "names", "after_hours", "equal_task")
        values = {name: getattr(classroom, name) for name in names}
        moderator = classroom.moderator
        super().__init__(data, initial={**values, "moderator": moderator.public_id if moderator else None})
        teachers = classroom.group.memberships.active().leaders().values("user")
        field = cast("forms.ModelChoiceField[User]", self.fields["moderator"])
        field.queryset = User.objects.filter(pk__in=teachers, is_active=True).order_by("name", "pk")
        self.fields["equal_task"].widget.attrs["placeholder"] = classroom.task_instead

    def clean_equal_task(self) -> str:
        said: str = self.cleaned_data["equal_task"]
        return clean_name(said, 200) if said else ""
