from django.http import Http404, HttpRequest, HttpResponse


def challenge(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
