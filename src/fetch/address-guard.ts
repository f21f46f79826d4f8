import { isIP } from 'node:net';
import { AddressError } from '../model/failure.ts';
import type { AddressListener } from './dns/address-listener.ts';
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

  /** Passes on to `listener` the addresses that are allowed, or an AddressError when none is. */
  guarded(host: string, listener: AddressListener): AddressListener {
    let refusal: AddressError | undefined;
    let hasAllowed = false;
    return {
      onAddresses: (addresses, isLast) => {
        const allowed = addresses.filter((address) => {
          const use = this.#specialUseOf(address);
          if (use !== undefined) refusal ??= new AddressError(host, use, address);
          return use === undefined;
        });
        hasAllowed ||= allowed.length > 0;
        if (isLast && !hasAllowed && refusal !== undefined) listener.onFailure(refusal);
        else listener.onAddresses(allowed, isLast);
      },
      onFailure: (error) => listener.onFailure(refusal ?? error),
    };
  }
}
