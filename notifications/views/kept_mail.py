from django.http import Http404, HttpRequest, HttpResponse


def kept_mails(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def kept_mail(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404
