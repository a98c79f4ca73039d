from django.http import Http404, HttpRequest, HttpResponse


def my_way(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
