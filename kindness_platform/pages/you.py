from django.http import Http404, HttpRequest, HttpResponse


def you(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
