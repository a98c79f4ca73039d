from django.http import Http404, HttpRequest, HttpResponse


def about(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def privacy(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
