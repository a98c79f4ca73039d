from django.http import Http404, HttpRequest, HttpResponse


def enter_code(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def join(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
