import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';
import type { AddressListener } from './host-entry.ts';
import type { HostResolver } from './host-resolver.ts';

/** Addresses that the user has given for hosts: all that is needed here of `HostOverrides`. */
interface AddressOverrides {
  /** @returns the addresses, or undefined when the host is to be looked up */
  addressesFor(host: string, port: number): readonly string[] | undefined;
}

/** Says which addresses a connection to a host and port may be made to. */
export interface AddressSource {
  /**
   * @param host a name, or an address without brackets
   * @returns the look-up; disposed of, it tells nothing more
   */
  lookup(host: string, port: number, listener: AddressListener): Disposable;
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * The addresses that a run may connect to: those the user named for a host (`--resolve`), an address
 * that stands in the URL itself, or what the resolver finds; without those the guard refuses.
 */
export class DestinationAddresses implements AddressSource {
  readonly #resolver: Pick<HostResolver, 'lookup'>;
  readonly #overrides: AddressOverrides | undefined;
  readonly #guard: AddressGuard | undefined;

  constructor(
    resolver: Pick<HostResolver, 'lookup'>,
    overrides?: AddressOverrides | undefined,
    guard?: AddressGuard | undefined,
  ) {
    this.#resolver = resolver;
    this.#overrides = overrides;
    this.#guard = guard;
  }

  lookup(host: string, port: number, listener: AddressListener): Disposable {
    const guarded = this.#guard === undefined ? listener : this.#guard.guarded(host, listener);
    const named = this.#overrides?.addressesFor(host, port);
    const known = named ?? (isIP(host) === 0 ? undefined : [host]);
    if (known === undefined) return this.#resolver.lookup(host, guarded);
    guarded.onAddresses(known, true);
    return NOTHING;
  }
}
