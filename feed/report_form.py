from django import forms
from django.utils.translation import gettext_lazy as _

from feed.models.report import WORDS_LIMIT, Report
from feed.words import WordsField


class ReportForm(forms.Form):
    """What is wrong with an act or a comment: a reason, and words for whoever wants to say more."""

    reason = forms.ChoiceField(
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        label=_("What is it about?"),
        error_messages={
            "required": _("Please choose what comes closest."),
            "invalid_choice": _("Please choose one of these."),
        },
    )
    words = WordsField(
        required=False,
        max_length=WORDS_LIMIT,
        label=_("In your own words, if you like"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": WORDS_LIMIT}),
        error_messages={"max_length": _("This is %(show_value)d characters long; %(limit_value)d fit here.")},
    )
