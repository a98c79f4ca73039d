"""The 24 pictures of which a pupil gets four in order, each with the word a child says for it.

Their drawings are `kindness_platform/icons/class/<name>.svg`; the order is the order of the grid.
"""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "cat": _("Cat"),
    "owl": _("Owl"),
    "fish": _("Fish"),
    "snail": _("Snail"),
    "butterfly": _("Butterfly"),
    "ladybug": _("Ladybug"),
    "tree": _("Tree"),
    "flower": _("Flower"),
    "mushroom": _("Mushroom"),
    "apple": _("Apple"),
    "cherries": _("Cherries"),
    "carrot": _("Carrot"),
    "sun": _("Sun"),
    "moon": _("Moon"),
    "star": _("Star"),
    "cloud": _("Cloud"),
    "rainbow": _("Rainbow"),
    "umbrella": _("Umbrella"),
    "house": _("House"),
    "boat": _("Boat"),
    "rocket": _("Rocket"),
    "balloon": _("Balloon"),
    "kite": _("Kite"),
    "key": _("Key"),
}
PICTURES = tuple(NAMES)
HUES = {
    **dict.fromkeys(("butterfly", "ladybug", "mushroom", "cherries", "rainbow", "rocket", "balloon"), "a"),
    **dict.fromkeys(("owl", "fish", "moon", "cloud", "umbrella", "boat"), "b"),
    **dict.fromkeys(("snail", "tree", "apple", "house", "kite"), "c"),
    **dict.fromkeys(("cat", "flower", "carrot", "sun", "star", "key"), "d"),
}
"""In which of the four colors each is drawn. Nobody needs to see it: shapes and words differ."""
