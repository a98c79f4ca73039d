from django.http import HttpRequest, QueryDict


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, without what no database and no page can hold: NUL and halves of a character.

    None when nothing was sent, which is what an unbound form takes.
    """
    if request.method != "POST":
        return None
    kept = request.POST.copy()
    for name, values in request.POST.lists():
        kept.setlist(name, [_storable(value) for value in values])
    return kept


def _storable(value: str) -> str:
    return "".join(letter for letter in value if letter != "\0" and not 0xD800 <= ord(letter) <= 0xDFFF)
