from django.http import Http404, HttpRequest, HttpResponse


def moment(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
