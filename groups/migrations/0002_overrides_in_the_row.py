from django.db import migrations, models


def move_into_the_rows(apps, schema_editor):
    """What was overridden before goes on, with who and when."""
    for row in apps.get_model("groups", "PolicyOverride").objects.select_related("group", "organization"):
        owner = row.group or row.organization
        owner.overrides = {
            **type(owner).objects.get(pk=owner.pk).overrides,
            row.name: {"allowed": row.allowed, "by": row.set_by_id, "at": row.set_at.isoformat()},
        }
        owner.save(update_fields=["overrides"])


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial")]

    operations = [
        migrations.AddField(model_name="group", name="overrides", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="organization", name="overrides", field=models.JSONField(default=dict)),
        migrations.RunPython(move_into_the_rows, migrations.RunPython.noop),
        migrations.DeleteModel(name="PolicyOverride"),
    ]
