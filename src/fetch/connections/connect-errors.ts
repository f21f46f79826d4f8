import { AddressError, DeadlineError, dnsErrorOf } from '../../model/failure.ts';

/**
 * What a look-up for a connection failed with, in words for people.
 * @param timeout how long it had, in ms; 0 for any time
 */
export function lookupError(host: string, error: Error, timeout: number): Error {
  return error instanceof AddressError ? error : dnsErrorOf(host, error, timeout || undefined);
}

/**
 * Why there is no connection within its time, in ms.
 * @param isUnresolved whether no address of the host is known yet: its name servers are late then
 */
export function lateError(host: string, timeout: number, isUnresolved: boolean): Error {
  if (!isUnresolved) return new DeadlineError('timeout-connect', timeout);
  const silent = Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
  return dnsErrorOf(host, silent, timeout);
}
