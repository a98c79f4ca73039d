"""What people type, as far as a database and a page can hold it: without NUL and halves of a character."""

from django.http import HttpRequest, QueryDict


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when nothing was sent, which is what an unbound form takes."""
    return storable(request.POST) if request.method == "POST" else None


def asked(request: HttpRequest) -> QueryDict:
    """What an address asks for, behind its question mark."""
    return storable(request.GET)


def storable(data: QueryDict) -> QueryDict:
    kept = data.copy()
    for name, values in data.lists():
        kept.setlist(name, [storable_word(value) for value in values])
    return kept


def storable_word(value: str) -> str:
    return "".join(letter for letter in value if letter != "\0" and not 0xD800 <= ord(letter) <= 0xDFFF)
