"""Ctrl-C in a terminal, with make in between."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.local.leftovers import runs
from infra.local.stack import CHECKOUT
from tests.embedded.conftest import SMALL
from tests.servers import READY, RunningStack, wait_for

MAKEFILE = "up:\n\t@cd {checkout}; exec {python} -m {module}\n"


def test_ctrl_c_in_a_terminal_stops_all_and_make_ends_well(home: Path, tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(MAKEFILE.format(checkout=CHECKOUT, python=sys.executable, module=SMALL))
    terminal = Terminal(["make", "-f", str(makefile), "up"], home)
    terminal.read_until(READY)
    stack = RunningStack(home, terminal.popen, tmp_path / "unused")
    everything = stack.all_processes()

    os.write(terminal.controller, b"\x03")

    terminal.read_until("Schoolbell has stopped.")
    assert terminal.popen.wait(timeout=20) == 0
    assert [each for each in everything if runs(each)] == []
    terminal.close()


def test_an_interrupt_sent_to_make_alone_stops_all(home: Path, tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(MAKEFILE.format(checkout=CHECKOUT, python=sys.executable, module=SMALL))
    terminal = Terminal(["make", "-f", str(makefile), "up"], home)
    terminal.read_until(READY)
    everything = psutil.Process(terminal.popen.pid).children(recursive=True)

    terminal.popen.send_signal(signal.SIGINT)

    terminal.read_until("Schoolbell has stopped.")
    assert terminal.popen.wait(timeout=20) == -signal.SIGINT  # make's own way to end
    wait_for(lambda: not any(runs(each) for each in everything), seconds=2)
    terminal.close()


def test_a_make_that_a_shell_put_in_the_background_goes_on(home: Path, tmp_path: Path) -> None:
    makefile = tmp_path / "Makefile"
    makefile.write_text(MAKEFILE.format(checkout=CHECKOUT, python=sys.executable, module=SMALL))
    terminal = Terminal(["sh", "-c", f"trap '' INT; exec make -f {makefile} up"], home)
    terminal.read_until(READY)
    stack = RunningStack(home, terminal.popen, tmp_path / "unused")
    supervisor = psutil.Process(int(stack.facts["supervisor"]))

    with pytest.raises(psutil.TimeoutExpired):
        supervisor.wait(timeout=1)

    supervisor.terminate()
    terminal.read_until("Schoolbell has stopped.")
    assert terminal.popen.wait(timeout=20) == 0
    terminal.close()


class Terminal:
    """A program with a terminal of its own."""

    def __init__(self, argv: list[str], home: Path) -> None:
        self.controller, inside = pty.openpty()
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.embedded.in_terminal", *argv],
            cwd=CHECKOUT,
            env={**os.environ, "SCHOOLBELL_HOME": str(home)},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.text = ""

    def read_until(self, wanted: str) -> None:
        while wanted not in self.text:
            self.text += os.read(self.controller, 4096).decode(errors="replace")

    def close(self) -> None:
        os.close(self.controller)
