from django.http import Http404, HttpRequest, HttpResponse


def edit(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def steps(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def step(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def end(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def cancel(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def again(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
