from django.http import Http404, HttpRequest, HttpResponse


def settings(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
