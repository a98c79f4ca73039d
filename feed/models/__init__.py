from feed.models.act import Act, ActChange, ActFeeling
from feed.models.comment import Comment
from feed.models.counter import Counter
from feed.models.credit import Credit
from feed.models.draft import ActDraft
from feed.models.moment import Moment
from feed.models.photo import Photo
from feed.models.reaction import Reaction

__all__ = [
    "Act",
    "ActChange",
    "ActDraft",
    "ActFeeling",
    "Comment",
    "Counter",
    "Credit",
    "Moment",
    "Photo",
    "Reaction",
]
