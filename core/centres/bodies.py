"""What is sent and told of centres."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from core.http.bodies import STORABLE, Given, Id, Title, Told, one_line
from core.people.models import Centre, Language

DEFAULT_COLOUR: Final = "#0f6e77"

ShortName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=40),
    STORABLE,
    AfterValidator(one_line),
]
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50), STORABLE
]
Zone = Annotated[str, StringConstraints(max_length=64), STORABLE]
Colour = Annotated[
    str,
    BeforeValidator(lambda given: given.lower() if isinstance(given, str) else given),
    StringConstraints(pattern=r"^#[0-9a-f]{6}$"),
]


class CentreDraft(Given):
    """A new centre. `slug` names it in addresses, and stays."""

    slug: Slug
    name: Title
    short_name: ShortName = ""
    timezone: Zone = "UTC"
    language: Language = Language.ENGLISH
    colour: Colour = DEFAULT_COLOUR


class CentreChange(Given):
    """What is to change of a centre; what is left out stays."""

    name: Title = Field(default_factory=str)
    short_name: ShortName = Field(default_factory=str)
    timezone: Zone = Field(default_factory=str)
    language: Language = Field(default_factory=lambda: Language.ENGLISH)
    colour: Colour = Field(default_factory=lambda: DEFAULT_COLOUR)


class CentreSettings(Told):
    """A centre. `short_name` stands in the header of its pages, where it is not empty."""

    id: Id
    slug: str
    name: str
    short_name: str
    timezone: str
    language: Language
    colour: str

    @classmethod
    def of(cls, centre: Centre) -> Self:
        """The centre in words."""
        return cls(
            id=str(centre.pk),
            slug=centre.slug,
            name=centre.name,
            short_name=centre.short_name,
            timezone=centre.timezone,
            language=Language(centre.language),
            colour=centre.colour,
        )
