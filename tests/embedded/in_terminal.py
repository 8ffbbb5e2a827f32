"""Becomes the given command, with standard input as its controlling terminal."""

import fcntl
import os
import sys
import termios

if __name__ == "__main__":
    fcntl.ioctl(sys.stdin, termios.TIOCSCTTY, 0)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a test's own command
