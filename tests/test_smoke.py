from accounts.models import User
from feed.models import Counter
from groups.models import Group
from tests.factories import make_act


def test_an_act_is_counted_once_however_often_its_form_is_sent(group: Group, mia: User) -> None:
    first = make_act(group, mia, form_key="same")
    second = make_act(group, mia, form_key="same")
    assert first == second
    assert Counter.objects.get(group=group, kind="did").total == 1
