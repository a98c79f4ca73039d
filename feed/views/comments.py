from django.http import Http404, HttpRequest, HttpResponse


def comments(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def remove(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
