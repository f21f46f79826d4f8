import { fileURLToPath } from 'node:url';
import { PYTHON } from '../measure/python.ts';
import { versionOf } from '../measure/version-of.ts';
import type { Peer } from './peer.ts';

const PROGRAM = fileURLToPath(new URL('aiohttp_get.py', import.meta.url));

/** aiohttp and a semaphore: not a program one installs, but one that many write. It has no HTTP/2. */
export const aiohttp: Peer = {
  name: 'aiohttp',
  version: () => versionOf(PYTHON, ['-c', 'import aiohttp; print(aiohttp.__version__)']),
  command({ list, directory, maxRequests, certificate }) {
    const trust = certificate === undefined ? [] : [certificate];
    return { file: PYTHON, args: [PROGRAM, list, directory, String(maxRequests), ...trust] };
  },
};
