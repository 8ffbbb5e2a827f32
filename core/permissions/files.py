"""TABLE: files; whose is decided in core/files/queries.py."""

from typing import Final

from core.permissions.rule import MEMBER, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "POST api/files": MEMBER,
    "GET api/files/<int:file_id>": MEMBER,
    "DELETE api/files/<int:file_id>": MEMBER,
    "GET api/files/<int:file_id>/content": MEMBER,
    "GET api/files/<int:file_id>/thumbnail": MEMBER,
    # pages
    "GET files/<int:file_id>": MEMBER,
    "GET files/<int:file_id>/thumbnail": MEMBER,
    "GET files/<int:file_id>/picture": MEMBER,
}
