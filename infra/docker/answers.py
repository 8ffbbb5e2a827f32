"""Whether a server of this container answers 200: `python -S answers.py [PORT] [PATH]`.

Bare sockets, since a health check that loads a library every few seconds costs more than it tells.
"""

import os
import socket
import sys

PORT, PATH = (*sys.argv[1:], *("8000", "/readyz")[len(sys.argv) - 1 :])
HOST = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")

try:
    with socket.create_connection(("127.0.0.1", int(PORT)), timeout=5) as server:
        server.sendall(f"GET {PATH} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        answer = server.recv(64)
except OSError:
    sys.exit(1)
sys.exit(b" 200 " not in answer)
