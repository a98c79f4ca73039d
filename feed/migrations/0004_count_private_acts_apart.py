from django.db import migrations
from django.db.models import BooleanField, Count, ExpressionWrapper, Q

KEY = ("group_id", "challenge_id", "source", "kind")


def count_apart(apps, schema_editor):
    """What was in one counter goes into two, counted from the acts themselves."""
    _recount(apps, private=ExpressionWrapper(Q(audience="private"), output_field=BooleanField()))


def count_together(apps, schema_editor):
    _recount(apps)


def _recount(apps, **more):
    act, counter = apps.get_model("feed", "Act"), apps.get_model("feed", "Counter")
    shown = act.objects.filter(state="shown").annotate(**more).order_by()
    rows = shown.values(*KEY, *more).annotate(total=Count("pk"))
    counter.objects.all().delete()
    counter.objects.bulk_create(counter(**row) for row in rows)


class Migration(migrations.Migration):
    dependencies = [("feed", "0003_counter_private")]

    operations = [migrations.RunPython(count_apart, count_together)]
