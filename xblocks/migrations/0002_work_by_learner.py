"""Find all work of one learner without reading everybody's: the map of the route asks for it at each look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("veranderkracht", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="workrow",
            index=models.Index(fields=["tenant", "learner"], name="veranderkracht_work_learner"),
        ),
    ]
