import type { AddressSource } from '../../src/fetch/dns/destination-addresses.ts';

/** An address source that has these addresses for every host. */
export function addressesOf(...addresses: readonly string[]): AddressSource {
  return {
    lookup(_host, _port, listener) {
      listener.onAddresses(addresses, true);
      return { [Symbol.dispose]() {} };
    },
  };
}
