from django.http import Http404, HttpRequest, HttpResponse


def choice(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
