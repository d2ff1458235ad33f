"""One table."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """What a person wrote."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    text = models.TextField()
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-day"])]

    def __str__(self) -> str:
        return self.title
