import {
  type AddressSource,
  DestinationAddresses,
} from '../../src/fetch/dns/destination-addresses.ts';
import { dnsFailure } from './dns-failure.ts';

/**
 * Has addresses for the names given, and answers at once.
 * @param names more of them fail as those that do not exist
 */
export function addressesOf(
  names: Readonly<Record<string, readonly string[]>> = {},
): AddressSource {
  return new DestinationAddresses({
    lookup(host, listener) {
      const addresses = names[host];
      if (addresses === undefined) listener.onFailure(dnsFailure('ENOTFOUND'));
      else listener.onAddresses(addresses, true);
      return { [Symbol.dispose]() {} };
    },
  });
}
