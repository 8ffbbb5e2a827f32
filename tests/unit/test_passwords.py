"""The embedded stack's passwords are made once, and an older home gets what it lacks."""

import json
from dataclasses import asdict
from pathlib import Path

from infra.local.home import prepare_home
from infra.local.passwords import load_passwords


def test_a_home_of_before_backups_gets_their_password_and_keeps_the_others(tmp_path: Path) -> None:
    home = prepare_home(tmp_path / "home")
    made = asdict(load_passwords(home))
    old = {name: value for name, value in made.items() if name != "backup"}
    home.secrets_file.write_text(json.dumps(old))

    first, second = load_passwords(home), load_passwords(home)

    assert first == second
    assert first.backup
    assert {**asdict(first), "backup": ""} == {**made, "backup": ""}
