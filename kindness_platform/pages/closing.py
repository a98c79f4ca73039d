from django.http import Http404, HttpRequest, HttpResponse


def closing(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
