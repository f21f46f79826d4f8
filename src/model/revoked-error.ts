import type { Reasoned } from './reason.ts';

/**
 * A run may not have the request in flight any longer. It says nothing about the server or the row, which
 * waits until it may be requested again: no row ends with it.
 */
export class RevokedError extends Error implements Reasoned {
  override readonly name = 'RevokedError';
  readonly reason = 'cancelled';

  constructor(options?: ErrorOptions) {
    super('the share of the origin has run out', options);
  }
}
