"""The cable between the programs and Redis, which can be pulled in several ways.

`refused`: nobody listens any more, and what was connected is reset. `stalled`: everything stays
connected and nothing passes, as when a network loses all packets; later it flows again.
`forgotten`: what was connected is never heard again, as behind a firewall that lost its memory; who
sends on such a connection is reset, and new connections work.
"""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
LOOK: Final = 0.02
WHOLE, REFUSED, STALLED, FORGOTTEN = "whole", "refused", "stalled", "forgotten"


class Strand:
    """One connection through the cable."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.is_forgotten = False

    def cut(self) -> None:
        """Reset both ends."""
        self.client.transport.abort()
        self.server.transport.abort()


class Cable:
    """Passes on what is sent, as far as the mode allows it."""

    def __init__(self, listen: int, to: int, mode_file: Path) -> None:
        self._listen = listen
        self._to = to
        self._mode_file = mode_file
        self._strands: set[Strand] = set()
        self._flows = asyncio.Event()

    async def serve(self) -> None:
        """Listen, again after each refusal, and follow the mode."""
        while True:
            server = await asyncio.start_server(self._join, HOST, self._listen)
            self._flows.set()
            await self._follow_until(REFUSED)
            server.close()
            for strand in list(self._strands):
                strand.cut()
            while self._mode() == REFUSED:  # noqa: ASYNC110 - a file tells
                await asyncio.sleep(LOOK)

    async def _follow_until(self, last: str) -> None:
        before = WHOLE
        while (mode := self._mode()) != last:
            if mode == STALLED:
                self._flows.clear()
            else:
                self._flows.set()
            if mode == FORGOTTEN != before:
                for strand in self._strands:
                    strand.is_forgotten = True
            before = mode
            await asyncio.sleep(LOOK)

    def _mode(self) -> str:
        with suppress(FileNotFoundError):
            return self._mode_file.read_text()
        return WHOLE

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._to)
        except OSError:
            writer.transport.abort()
            return
        strand = Strand(writer, far_writer)
        self._strands.add(strand)
        pumps = [
            asyncio.create_task(self._pump(strand, reader, far_writer)),
            asyncio.create_task(self._pump(strand, far_reader, writer)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        self._strands.discard(strand)
        strand.cut()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(
        self, strand: Strand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            await self._flows.wait()
            if not strand.is_forgotten:
                writer.write(data)
                await writer.drain()
            elif writer is strand.server:
                return  # a client that speaks learns that it was forgotten


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.cable")
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--mode-file", type=Path, required=True)
    chosen = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(Cable(chosen.listen, chosen.to, chosen.mode_file).serve())


if __name__ == "__main__":
    main()
