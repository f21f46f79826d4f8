"""Downloads a list with aiohttp as a script for the real web does: some workers, some tries for each file.

    python3 aiohttp_retry.py LIST DIRECTORY REQUESTS CONNECT_SECONDS TRIES [CERTIFICATE]

Names are resolved by c-ares where aiodns is installed, else by threads. The event loop is uvloop's where that is
installed: asyncio's own takes 256 kB for each TLS connection. What fails is left out.
"""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import aiohttp

ALL_SECONDS = 60


async def main(
    urls: Iterator[str], directory: Path, requests: int, connect: float, tries: int, trust: str | None
) -> None:
    has_cares = find_spec("aiodns") is not None
    connector = aiohttp.TCPConnector(
        limit=requests,
        ssl=ssl.create_default_context(cafile=trust),
        resolver=aiohttp.AsyncResolver() if has_cares else aiohttp.ThreadedResolver(),
    )
    timeout = aiohttp.ClientTimeout(total=ALL_SECONDS, sock_connect=connect)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def get(url: str) -> None:
            for _ in range(tries):
                try:
                    async with session.get(url) as response:
                        body = await response.read()
                except (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError):
                    continue
                if response.status == 200:
                    (directory / url.rpartition("/")[2]).write_bytes(body)
                return

        async def work() -> None:
            for url in urls:
                await get(url)

        await asyncio.gather(*(work() for _ in range(requests)))


if __name__ == "__main__":
    path, target, limit, seconds, count, *rest = sys.argv[1:]
    lines = Path(path).read_text().split()
    certificate = rest[0] if rest else None
    if find_spec("uvloop") is not None:
        import_module("uvloop").install()
    asyncio.run(main(iter(lines), Path(target), int(limit), float(seconds), int(count), certificate))
