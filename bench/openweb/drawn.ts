import { crc32 } from 'node:zlib';

/** A number from 0 to 1 that depends on the text alone, so that every run has the same web. */
export function drawn(text: string): number {
  let bits = crc32(text);
  // CRC-32 of similar texts differs in few bits, so MurmurHash3's last step mixes it.
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
