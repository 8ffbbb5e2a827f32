"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class FrugalArgon2(Argon2PasswordHasher):
    """Argon2id with OWASP's values: 19 MiB, two passes, one lane.

    Django's default takes 100 MiB for each sign-in: a class that signs in together when the bell
    rings would take gigabytes. Source: OWASP Password Storage Cheat Sheet.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
