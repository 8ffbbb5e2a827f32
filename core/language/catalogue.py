"""The catalogue of texts: what the code says, and whether every language says all of it."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

SOURCES: Final = ("core", "tasks")
METHODS: Final = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
KEYWORDS: Final = {
    **dict.fromkeys(("_", "lazy", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
    # Refusals: the API tells them as they are, a page in the reader's language.
    **dict.fromkeys(("NotFoundError", "NotAllowedError", "ConflictError", "SkipError"), (1,)),
    "InvalidError": (2,),
    "problem": (3,),
}
LANGUAGES: Final = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def said() -> Catalog:
    """Every text of the code and its templates."""
    catalog = Catalog()
    for source in SOURCES:
        found = extract_from_dir(
            settings.ROOT / source, METHODS, keywords=KEYWORDS, options_map=_options()
        )
        for _file, _line, text, _comments, context in found:
            catalog.add(text, context=context)
    return catalog


def _options() -> dict[str, dict[str, str]]:
    """A template that cannot be read is an error, not a template without texts."""
    return {pattern: {"silent": "false"} for pattern, method in METHODS if method == "jinja2"}


def files_of(language: str) -> tuple[Path, Path]:
    """The catalogue of a language, for people and as Django reads it."""
    folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def read(language: str) -> Catalog:
    """What a language has so far."""
    po, _ = files_of(language)
    if not po.exists():
        return Catalog(locale=language)
    with po.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    """Add what is new, drop what is not said any more, and compile. Nothing is guessed."""
    catalog = read(language)
    created = catalog.creation_date
    catalog.update(said(), no_fuzzy_matching=True)
    catalog.creation_date = created  # else every run would be a change
    po, mo = files_of(language)
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalog, width=98, sort_output=True, no_location=True, ignore_obsolete=True)
    mo.write_bytes(compiled(catalog))


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the compiled catalogue."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def faults(language: str) -> Iterator[str]:
    """What a language lacks, in words."""
    catalog, texts = read(language), said()
    for text in texts:
        found = catalog.get(text.id, text.context) if text.id else None
        if text.id and (found is None or not all(_forms(found)) or found.fuzzy):
            yield f"not translated: {text.id!r}"
    for text in catalog:
        if text.id and texts.get(text.id, text.context) is None:
            yield f"said nowhere: {text.id!r}"
    for text, errors in catalog.check():
        yield from (f"{error}: {text.id!r}" for error in errors)
    _, mo = files_of(language)
    if not mo.exists() or mo.read_bytes() != compiled(catalog):
        yield f"{mo.name} is not what {language}'s catalogue compiles to"


def _forms(text: Message) -> tuple[str, ...]:
    return (text.string,) if isinstance(text.string, str) else tuple(text.string or ("",))
