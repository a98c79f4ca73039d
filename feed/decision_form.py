from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feed.models import Decision, Report
from feed.models.decision import NOTE_LIMIT
from feed.words import WordsField

CHOICES = [Decision.What.HIDDEN, Decision.What.REMOVED, Decision.What.KEPT]


class DecisionForm(forms.Form):
    """What becomes of a reported thing: each button is one answer. The note is for what is hidden or taken down."""

    what = forms.ChoiceField(
        choices=[(what.value, what.label) for what in CHOICES],
        error_messages={
            "required": gettext_lazy("Please choose one of the buttons."),
            "invalid_choice": gettext_lazy("Please choose one of the buttons."),
        },
    )
    note = WordsField(
        required=False,
        max_length=NOTE_LIMIT,
        label=gettext_lazy("A note to whoever wrote it"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LIMIT}),
        error_messages={
            "max_length": gettext_lazy("This is %(show_value)d characters long; %(limit_value)d fit here.")
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("what") == Decision.What.KEPT:
            cleaned["note"] = ""
        return cleaned


def ready_note(reason: str) -> str:
    """Kind words to begin with, for whoever decides to change or keep."""
    about = {
        Report.Reason.EMBARRASSES: _("Somebody could feel embarrassed by it, even though you meant well."),
        Report.Reason.NAMES: _("It names somebody who may not have agreed to be named."),
        Report.Reason.UNKIND: _("It could be read as unkind, even if it was not meant so."),
        Report.Reason.PRIVATE: _("It tells something that is a private matter of somebody."),
    }
    first = about.get(Report.Reason(reason), _("It did not quite fit here."))
    return _("%(about)s I have taken it out of sight for now; nothing is held against you.") % {"about": first}
