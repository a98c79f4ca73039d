from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0006_places_without_a_last_look'),
    ]

    operations = [
        migrations.AddField(
            model_name='externalid',
            name='said',
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name='joincode',
            name='place_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='joincode',
            name='purpose',
            field=models.CharField(choices=[('adult', 'Joining with an account'), ('class', 'Pupils of a class'), ('wall', 'Showing the wall'), ('staff', 'A teacher of a class')], default='adult', max_length=5),
        ),
    ]
