from django.http import Http404, HttpRequest, HttpResponse


def invite(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
