from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.people import person
from accounts.pupils import open_to_pupils
from feed.models import Photo
from feed.pictures import SIZES


@open_to_pupils
@require_safe
def photo(request: HttpRequest, public_id: str, size: str) -> HttpResponseBase:
    """A photo, to those who see its act now. Asked for again each time: nothing is kept in between."""
    if size not in SIZES:
        raise Http404
    photo = get_object_or_404(Photo.objects.visible_to(person(request)), public_id=public_id)
    try:
        file = default_storage.open(photo.path(size))
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response.headers["Content-Disposition"] = 'inline; filename="photo.webp"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
