import type { AddressSource } from '../../src/fetch/dns/destination-addresses.ts';

/** Every host is at these addresses. */
export function addressesOf(...addresses: readonly string[]): AddressSource {
  return {
    lookup(_host, _port, listener) {
      listener.onAddresses(addresses, true);
      return { [Symbol.dispose]() {} };
    },
  };
}
