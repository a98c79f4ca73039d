from django.http import Http404, HttpRequest, HttpResponse


def photo(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
