from django.http import Http404, HttpRequest, HttpResponse


def ideas(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
