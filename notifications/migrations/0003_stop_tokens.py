from django.db import migrations, models

import notifications.models.preferences


def draw(apps, schema_editor):
    """A token of its own for each row: the default of the step before gave all of them the same."""
    Preferences = apps.get_model("notifications", "Preferences")
    for wishes in Preferences.objects.all():
        wishes.stop_token = notifications.models.preferences._new_token()
        wishes.save(update_fields=["stop_token"])


class Migration(migrations.Migration):
    # On PostgreSQL a table cannot be altered in the transaction that has changed its rows.
    atomic = False

    dependencies = [("notifications", "0002_preferences_and_clocks")]

    operations = [
        migrations.AddField(
            "preferences",
            "stop_token",
            models.CharField(default=notifications.models.preferences._new_token, editable=False, max_length=22),
        ),
        migrations.RunPython(draw, migrations.RunPython.noop),
        migrations.AlterField(
            "preferences",
            "stop_token",
            models.CharField(
                default=notifications.models.preferences._new_token, editable=False, max_length=22, unique=True
            ),
        ),
    ]
