from django.http import Http404, HttpRequest, HttpResponse


def draft(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
