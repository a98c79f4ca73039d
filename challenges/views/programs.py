from django.http import Http404, HttpRequest, HttpResponse


def programs(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def program_page(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def evidence(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
