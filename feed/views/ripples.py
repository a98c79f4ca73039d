from django.http import Http404, HttpRequest, HttpResponse


def ripple(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
