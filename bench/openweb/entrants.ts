import { PEERS } from '../peers/all.ts';
import { flaghoist, flaghoistByDefault } from '../peers/flaghoist.ts';
import type { Peer } from '../peers/peer.ts';
import type { WebMix } from './host.ts';
import type { WebEntrant } from './web-race.ts';

/** flaghoist with its defaults, whose ledger has to account for all rows. */
export function ourEntrant(mix: WebMix, name = flaghoist.name): WebEntrant {
  return { peer: flaghoistByDefault, mix, name, hasLedger: true };
}

/** The peers, all but flaghoist by default. */
export function peerEntrants(mix: WebMix, peers: readonly Peer[] = PEERS): WebEntrant[] {
  return peers.filter((peer) => peer !== flaghoist).map((peer) => ({ peer, mix }));
}
