from django.http import Http404, HttpRequest, HttpResponse


def mine(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
