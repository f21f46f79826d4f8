/** What is told of a look-up, perhaps before the call that begins it returns. */
export interface AddressListener {
  /**
   * Addresses of the host, those to be tried first in front.
   * @param isLast whether no more come; the last ones may be none
   */
  onAddresses(addresses: readonly string[], isLast: boolean): void;
  /** There is none. @param error as Node has it, with a `code`, or AddressError */
  onFailure(error: Error): void;
}
