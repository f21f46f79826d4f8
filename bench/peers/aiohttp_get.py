"""Downloads a list with aiohttp and a semaphore, as its users write it.

    python3 aiohttp_get.py LIST DIRECTORY REQUESTS [CERTIFICATE]
"""

import asyncio
import ssl
import sys
from pathlib import Path

import aiohttp


async def main(urls: list[str], directory: Path, requests: int, certificate: str | None) -> None:
    semaphore = asyncio.Semaphore(requests)
    context = ssl.create_default_context(cafile=certificate)
    connector = aiohttp.TCPConnector(limit=requests, ssl=context)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get(url: str) -> None:
            async with semaphore, session.get(url) as response:
                response.raise_for_status()
                body = await response.read()
            (directory / url.rpartition("/")[2]).write_bytes(body)

        await asyncio.gather(*map(get, urls))


if __name__ == "__main__":
    path, directory, requests, *rest = sys.argv[1:]
    urls = Path(path).read_text().split()
    asyncio.run(main(urls, Path(directory), int(requests), rest[0] if rest else None))
