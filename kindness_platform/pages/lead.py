from django.http import Http404, HttpRequest, HttpResponse


def lead(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
