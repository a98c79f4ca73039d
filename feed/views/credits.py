from django.http import Http404, HttpRequest, HttpResponse


def credits(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def credit(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
