from feed.models.act import Act
from feed.models.act_change import ActChange
from feed.models.act_feeling import ActFeeling
from feed.models.case import Case
from feed.models.comment import Comment
from feed.models.counter import Counter
from feed.models.credit import Credit
from feed.models.decision import Decision
from feed.models.draft import ActDraft
from feed.models.kind_note import KindNote
from feed.models.moment import Moment
from feed.models.photo import Photo
from feed.models.reaction import Reaction
from feed.models.report import Report

__all__ = [
    "Act",
    "ActChange",
    "ActDraft",
    "ActFeeling",
    "Case",
    "Comment",
    "Counter",
    "Credit",
    "Decision",
    "KindNote",
    "Moment",
    "Photo",
    "Reaction",
    "Report",
]
