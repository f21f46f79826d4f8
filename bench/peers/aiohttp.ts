import { fileURLToPath } from 'node:url';
import { PYTHON } from '../measure/python.ts';
import { versionOf } from '../measure/version-of.ts';
import type { Peer } from './peer.ts';

const PROGRAM = fileURLToPath(new URL('aiohttp_get.py', import.meta.url));
const PATIENT_PROGRAM = fileURLToPath(new URL('aiohttp_retry.py', import.meta.url));

/** aiohttp and a semaphore: a script such as many write. It has no HTTP/2. */
export const aiohttp: Peer = {
  name: 'aiohttp',
  version: () => versionOf(PYTHON, ['-c', 'import aiohttp; print(aiohttp.__version__)']),
  command({ list, directory, maxRequests, certificate, patience }) {
    const job = [list, directory, String(maxRequests)];
    const trust = certificate === undefined ? [] : [certificate];
    if (patience === undefined) return { file: PYTHON, args: [PROGRAM, ...job, ...trust] };
    const { connectSeconds, tries } = patience;
    const given = [String(connectSeconds), String(tries)];
    return { file: PYTHON, args: [PATIENT_PROGRAM, ...job, ...given, ...trust] };
  },
};
