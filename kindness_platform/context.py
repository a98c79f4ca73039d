from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page's frame needs to know about this installation."""
    return {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO}
