from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_public_id
from accounts.typed import storable
from feed.form_key import FormKeyField
from feed.models.comment import COMMENT_LIMIT
from feed.words import WordsField


class CommentForm(forms.Form):
    """A few words under an act. The key makes a double click one comment."""

    text = WordsField(
        max_length=COMMENT_LIMIT,
        label=_("Write to the group"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": COMMENT_LIMIT}),
        error_messages={"required": _("Please write a word or two first.")},
    )
    form_key = FormKeyField(widget=forms.HiddenInput, initial=new_public_id)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(storable(data) if data is not None else None)
