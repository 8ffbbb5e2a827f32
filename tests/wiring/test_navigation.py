"""Every line of the navigation leads to a page that those whom it is shown may open."""

import pytest
from django.urls import resolve

from core.navigation import MAIN, OWN, Line, is_below, path_of
from core.permissions import RULES

LINES = [*MAIN, *OWN]
# Pages that an area still owes; a line is not shown before its page is there.
OWED: frozenset[str] = frozenset()


def test_every_line_leads_somewhere() -> None:
    assert {line.page for line in LINES if not path_of(line.page)} == OWED


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.page)
def test_a_line_is_shown_to_those_alone_who_may_follow_it(line: Line) -> None:
    if line.page in OWED:
        return
    rule = RULES[f"GET {resolve(path_of(line.page)).route}"]
    assert (rule.operator, rule.viewer) == (line.operators, line.viewers)
    if line.roles is None:
        assert not rule.member
    else:
        assert line.roles <= rule.roles


def test_only_the_page_itself_and_what_is_below_it_is_here() -> None:
    assert is_below("/tickets/7", "/tickets")
    assert not is_below("/tickets-of-others", "/tickets")
    assert is_below("/", "/")
    assert not is_below("/tickets", "/")
