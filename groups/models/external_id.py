from django.conf import settings
from django.db import models
from django.db.models import Q

from groups.models.group import Group
from groups.models.organization import Organization


class ExternalId(models.Model):
    """What a school's own system calls one of our pupils, teachers or classes, so that a second import finds them."""

    class Kind(models.TextChoices):
        PERSON = "person"
        CLASS = "class"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(max_length=40)
    kind = models.CharField(max_length=6, choices=Kind)
    sourced_id = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="external_ids")
    said = models.CharField(max_length=32, blank=True)
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "kind", "sourced_id"], name="one_row_per_external_id"
            ),
            models.CheckConstraint(
                condition=Q(kind="person", user__isnull=False, group=None)
                | Q(kind="class", user=None, group__isnull=False),
                name="an_external_id_is_of_a_person_or_of_a_class",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.sourced_id}"
