import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { AddressError } from '../model/failure.ts';
import type { Lookup } from './lookups.ts';
import { type SpecialUse, specialUseOf } from './special-addresses.ts';

/** Names that are this machine's, whatever a resolver says (RFC 6761 section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;

/**
 * Keeps requests from hosts that are not on the public Internet.
 *
 * A name is looked at by what it leads to, at the moment of connecting: the very addresses that a
 * connection is made to are those that were looked at, so a name that leads elsewhere the next time
 * it is looked up gains nothing by it.
 */
export class AddressGuard {
  readonly #specialUseOf: (address: string) => SpecialUse | undefined;

  /** @param useOf says why an address is refused */
  constructor(useOf: (address: string) => SpecialUse | undefined = specialUseOf) {
    this.#specialUseOf = useOf;
  }

  /**
   * Looks at a host that needs no resolver: an address, or a name of this machine.
   * @param hostname as `URL.hostname` has it
   * @throws AddressError
   */
  check(hostname: string): void {
    if (LOCALHOST.test(hostname)) throw new AddressError(hostname, 'loopback');
    const address = hostname.replace(/^\[|\]$/g, '');
    const use = isIP(address) === 0 ? undefined : this.#specialUseOf(address);
    if (use !== undefined) throw new AddressError(address, use);
  }

  /** `lookup` without the addresses that are refused; it fails when no other is left. */
  guarded(lookup: Lookup): Lookup {
    return (hostname, options, callback) =>
      lookup(hostname, options, (error, found, family) => {
        if (error !== null) {
          callback(error, found, family);
        } else if (typeof found === 'string') {
          const use = this.#specialUseOf(found);
          if (use === undefined) callback(null, found, family);
          else callback(new AddressError(hostname, use, found), '');
        } else {
          this.#tellAllowed(hostname, found, callback);
        }
      });
  }

  #tellAllowed(
    hostname: string,
    found: readonly LookupAddress[],
    callback: Parameters<Lookup>[2],
  ): void {
    let refusal: AddressError | undefined;
    const allowed = found.filter(({ address }) => {
      const use = this.#specialUseOf(address);
      if (use !== undefined) refusal ??= new AddressError(hostname, use, address);
      return use === undefined;
    });
    if (allowed.length === 0 && refusal !== undefined) callback(refusal, '');
    else callback(null, allowed);
  }
}
