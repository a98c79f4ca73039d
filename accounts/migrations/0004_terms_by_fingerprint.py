from typing import Any

from django.db import migrations, models

# What `accounts.terms.fingerprint` makes of version 1 of our own terms.
OUR_FIRST = "d8a7b42ccdefc3c6dda81fcefc7ce7207bfa1a4b17a59fcb8d3b6caf5c29a28d"


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Who had accepted the only version there was is not asked again."""
    apps.get_model("accounts", "User").objects.filter(terms_version=1).update(terms_fingerprint=OUR_FIRST)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_terms")]

    operations = [
        migrations.AddField("user", "terms_fingerprint", models.CharField(blank=True, max_length=64, default="")),
        migrations.AlterField("user", "terms_fingerprint", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField("user", "terms_version"),
    ]
