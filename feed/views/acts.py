from django.http import Http404, HttpRequest, HttpResponse


def post(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def act(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def edit(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def remove(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def restore(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
