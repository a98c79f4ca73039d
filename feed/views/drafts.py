from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.people import person
from accounts.typed import storable
from feed.act_form import followed_act
from feed.drafting import drafted
from feed.models import Act, ActDraft
from groups.models import Group


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what is being typed. Words that were posted meanwhile do not come back as a draft."""
    user = person(request)
    group = get_object_or_404(Group.objects.of_member(user), slug=slug)
    sent = storable(request.POST)
    parent = followed_act(user, group, sent.get("parent", ""))
    # Where the act to pass on is gone, what waits in the group's own composer was typed for something else.
    is_strayed = parent is None and bool(sent.get("parent") or sent.get("strayed"))
    here = ActDraft.objects.at(user, group, parent)
    if is_strayed and (not sent.get("text") or here.exists()):
        return HttpResponse(status=204)
    if not sent.get("text"):
        here.filter(photo=None).delete()
    elif not Act.objects.filter(author=user, form_key=sent.get("form_key", "")[:32]).exists():
        ActDraft.objects.keep(user, group, drafted(request.POST), parent=parent)
    return HttpResponse(status=204)
