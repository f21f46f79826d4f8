import { evenly } from '../draw.ts';
import type { Behaviour } from './fault.ts';
import type { ChosenFault } from './parse-fault.ts';

type Place = Behaviour['at'];

/** A chosen fault whose behaviour is in one place. */
type FaultAt<P extends Place> = ChosenFault & {
  readonly behaviour: Extract<Behaviour, { at: P }>;
};

/** What a server is to do. */
export interface Plan {
  /** The whole server is at fault. */
  readonly whole: FaultAt<'handshake'> | FaultAt<'address'> | undefined;
  /**
   * @param nth how many connections there were before
   * @returns what befalls a connection; undefined when it is well
   */
  readonly forConnection: (nth: number) => FaultAt<'connection'> | undefined;
  /**
   * @param nth how often the path was asked for before
   * @returns what befalls a request; undefined when it is answered honestly
   */
  readonly forRequest: (path: string, nth: number) => FaultAt<'request'> | undefined;
}

/**
 * Plans what befalls whom. One fault befalls all; of several, one is drawn evenly for each request
 * or connection. What is drawn depends on the seed, the path and `nth` alone.
 *
 * @param rate the share of requests, and of connections, that a fault befalls, 0 to 1
 * @throws RangeError for faults that cannot be had together
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
    // With several kinds, each has its part of the rate, wherever it is.
    const part = (rate * faults.length) / chosen.length;
    if (faults.length === 0 || evenly(seed, `fault? ${nth} ${who}`) >= part) return undefined;
    const one = faults[Math.floor(evenly(seed, `which? ${nth} ${who}`) * faults.length)];
    return one !== undefined && nth < one.times ? one : undefined;
  };
  return {
    whole: whole as Plan['whole'],
    forConnection: (nth) => pick(onConnections, '(connection)', nth),
    forRequest: (path, nth) => pick(onRequests, path, nth),
  };
}

function isAt<P extends Place>(one: ChosenFault, place: P): one is FaultAt<P> {
  return one.behaviour.at === place;
}
