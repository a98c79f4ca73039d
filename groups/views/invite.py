from django.http import Http404, HttpRequest, HttpResponse


def rotate(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def send(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def qr(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
