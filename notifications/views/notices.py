from django.http import Http404, HttpRequest, HttpResponse


def notices(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def read(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
