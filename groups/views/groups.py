from django.http import Http404, HttpRequest, HttpResponse


def groups(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
