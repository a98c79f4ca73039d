from django.http import Http404, HttpRequest, HttpResponse


def group(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def new(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
