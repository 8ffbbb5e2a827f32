"""Becomes the given command, with standard input as its controlling terminal."""

import fcntl
import os
import signal
import sys
import termios

if __name__ == "__main__":
    # Tests started in the background by a shell are deaf to Ctrl-C, and would pass that on.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(sys.stdin, termios.TIOCSCTTY, 0)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a test's own command
