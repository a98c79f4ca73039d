"""The 24 pictures of which a pupil gets four in order, each with the word a child says for it.

Their drawings are `templates/groups/pictures/<name>.svg`; the order is the order of the grid.
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
