import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';
import type { AddressListener } from './host-entry.ts';
import type { HostResolver } from './host-resolver.ts';

/** Addresses that the user gave for hosts: the part of `HostOverrides` that is needed here. */
interface AddressOverrides {
  /** @returns the addresses, or undefined when the host is to be looked up */
  addressesFor(host: string, port: number): readonly string[] | undefined;
}

/** Finds the addresses that a connection to a host may be made to. */
export interface AddressSource {
  /**
   * @param host a name, or an address without brackets
   * @returns the look-up; after disposal it reports nothing
   */
  lookup(host: string, port: number, listener: AddressListener): Disposable;
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * The addresses that a run may connect to: those that the user gave for a host (`--resolve`), an address in
 * the URL itself, or those that the resolver finds; without the ones that the guard refuses.
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
