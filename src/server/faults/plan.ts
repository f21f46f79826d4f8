import { evenly } from '../draw.ts';
import type { Behaviour } from './fault.ts';
import type { ChosenFault } from './parse-fault.ts';

type Place = Behaviour['at'];

/** A chosen fault whose behaviour is in one place. */
type FaultAt<P extends Place> = ChosenFault & {
  readonly behaviour: Extract<Behaviour, { at: P }>;
};

/** Which connections and requests have a fault. */
export interface Plan {
  /** The fault of the server as a whole, if it has one. */
  readonly whole: FaultAt<'handshake'> | FaultAt<'address'> | undefined;
  /**
   * @param nth how many connections came before
   * @returns the fault of a connection; undefined if it has none
   */
  readonly forConnection: (nth: number) => FaultAt<'connection'> | undefined;
  /**
   * @param nth how many requests for the path came before
   * @returns the fault of a request; undefined if it is answered honestly
   */
  readonly forRequest: (path: string, nth: number) => FaultAt<'request'> | undefined;
}

/**
 * Plans which requests and connections have which fault. A single fault is for all of them; of several,
 * one is drawn evenly for each. A draw depends on the seed, the path and `nth` alone.
 *
 * @param rate the share of requests, and of connections, that have a fault, 0 to 1
 * @throws RangeError for faults that cannot be combined
 */
export function planOf(chosen: readonly ChosenFault[], rate: number, seed: number): Plan {
  const whole = chosen.find((one) => isAt(one, 'handshake') || isAt(one, 'address'));
  if (whole !== undefined && chosen.length > 1) {
    throw new RangeError(
      `${whole.spec} is about the server as a whole: it cannot be one of several`,
    );
  }
  const onConnections = chosen.filter((one) => isAt(one, 'connection'));
  const onRequests = chosen.filter((one) => isAt(one, 'request'));
  const pick = <F extends ChosenFault>(faults: readonly F[], who: string, nth: number) => {
    // Faults of requests and of connections share the rate by their numbers.
    const part = (rate * faults.length) / chosen.length;
    if (faults.length === 0 || evenly(seed, `fault? ${nth} ${who}`) >= part) return undefined;
    const one = faults[Math.floor(evenly(seed, `which? ${nth} ${who}`) * faults.length)];
    return one !== undefined && nth < one.times ? one : undefined;
  };
  return {
    whole,
    forConnection: (nth) => pick(onConnections, '(connection)', nth),
    forRequest: (path, nth) => pick(onRequests, path, nth),
  };
}

function isAt<P extends Place>(one: ChosenFault, place: P): one is FaultAt<P> {
  return one.behaviour.at === place;
}
