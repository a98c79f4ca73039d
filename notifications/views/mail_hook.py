import logging

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.bounces import SERVICES, reader_of

log = logging.getLogger(__name__)


@csrf_exempt  # a mail service posts here; what proves that it is the service is its signature or the shared secret
@login_not_required
@require_http_methods(["HEAD", "POST"])
def mail_hook(request: HttpRequest, service: str) -> HttpResponse:
    """Where a mail service reports what became of letters. It is there for the configured services only."""
    if service not in settings.MAIL_HOOKS or service not in SERVICES:
        raise Http404
    try:
        answer: HttpResponse = reader_of(service)(request)
    except AnymailWebhookValidationFailure:
        log.warning("a report that does not come from %s was refused", service)
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        log.warning("a report of %s could not be read: %s", service, type(problem).__name__)
    else:
        return answer
    return HttpResponseBadRequest("This report was refused.\n", content_type="text/plain")
