from django.conf import settings
from django.http import HttpRequest

from kindness_platform.frame import Frame


def site(request: HttpRequest) -> dict[str, object]:
    """What every page's frame needs to know about this installation and this person."""
    return {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO, "frame": Frame(request)}
