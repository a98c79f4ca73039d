"""How many people took part, told so that nobody can be picked out. Pure: numbers in, a word out."""

from django.utils.translation import gettext as _

FEW = 5


def people_taking_part(people: int, of: int) -> str:
    """ "A few", "nearly all", or the number when a crowd stands on both sides of it.

    Args:
        people: how many took part.
        of: how many could have.
    """
    if people < FEW:
        return _("A few at most")
    if of - people < FEW:
        return _("Nearly all")
    return str(people)
