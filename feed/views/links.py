from django.http import Http404, HttpRequest, HttpResponse


def pass_on(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def did_too(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
