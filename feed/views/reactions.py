from django.http import Http404, HttpRequest, HttpResponse


def reactions(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
