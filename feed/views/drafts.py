from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.people import person
from feed.drafting import drafted
from feed.models import Act, ActDraft
from feed.words import storable
from groups.models import Group


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is being typed. Words that were posted meanwhile do not come back as a draft."""
    user = person(request)
    group = get_object_or_404(Group.objects.of_member(user), slug=slug)
    fields = drafted(request.POST)
    key = storable(request.POST).get("form_key", "")[:32]
    posted = Act.objects.filter(author=user, form_key=key).exists()
    if fields.get("text") and not posted:
        ActDraft.objects.keep(user, group, fields)
    elif not fields.get("text"):
        ActDraft.objects.filter(user=user, group=group, photo=None).delete()
    return HttpResponse(status=204)
