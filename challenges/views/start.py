from django.http import Http404, HttpRequest, HttpResponse


def start(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def preview(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def finish(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
