from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def leave(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
