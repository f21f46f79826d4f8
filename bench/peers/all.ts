import { aiohttp } from './aiohttp.ts';
import { aria2 } from './aria2.ts';
import { curl } from './curl.ts';
import { flaghoist } from './flaghoist.ts';
import type { Peer } from './peer.ts';
import { wget2 } from './wget2.ts';

/** All peers, ours first. */
export const PEERS: readonly Peer[] = [flaghoist, curl, aria2, wget2, aiohttp];
