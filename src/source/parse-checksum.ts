import type { Checksum } from '../model/item.ts';
import { BadValue, quoted } from './bad-value.ts';

type Algorithm = Checksum['algorithm'];

/** The lengths of their digests in bytes, weakest algorithm first. */
const BYTES: Readonly<Record<Algorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};
const ALGORITHMS = Object.keys(BYTES) as Algorithm[];

const NAMED = /^([a-z0-9-]+)\s*[:=]\s*(.*)$/i;
const SRI = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?\S*)?$/i;

/**
 * Reads a checksum in one of three forms: hex digits, whose number gives the algorithm; `sha-256=` or
 * `sha256:` before hex digits; or subresource integrity, which is `sha256-` before base64. Of several
 * integrities the strongest counts.
 * @throws BadValue
 */
export function parseChecksum(text: string): Checksum {
  const trimmed = text.trim();
  if (SRI.test(trimmed.split(/\s+/, 1)[0] ?? '')) return strongestOf(trimmed.split(/\s+/));
  const named = NAMED.exec(trimmed);
  const [, name, digits = trimmed] = named ?? [];
  const hex = digits.toLowerCase();
  const algorithm = name === undefined ? algorithmOfLength(hex) : algorithmNamed(name);
  checkDigits(algorithm, hex, digits);
  return { algorithm, hex };
}

function algorithmNamed(name: string): Algorithm {
  const plain = name.toLowerCase().replace('-', '');
  const algorithm = ALGORITHMS.find((known) => known === plain);
  if (algorithm !== undefined) return algorithm;
  throw new BadValue(
    `the checksum algorithm ${quoted(name)} is not known: ${ALGORITHMS.join(', ')} are`,
  );
}

function algorithmOfLength(hex: string): Algorithm {
  const algorithm = ALGORITHMS.find((known) => 2 * BYTES[known] === hex.length);
  if (algorithm !== undefined) return algorithm;
  const lengths = ALGORITHMS.map((known) => `${2 * BYTES[known]} (${known})`).join(', ');
  throw new BadValue(`the checksum ${quoted(hex)} has ${hex.length} digits, not ${lengths}`);
}

function checkDigits(algorithm: Algorithm, hex: string, shown: string): void {
  if (!/^[0-9a-f]*$/.test(hex)) {
    throw new BadValue(`the checksum ${quoted(shown)} is not made of hex digits`);
  }
  const length = 2 * BYTES[algorithm];
  if (hex.length === length) return;
  throw new BadValue(`a ${algorithm} checksum has ${length} hex digits, not ${hex.length}`);
}

function strongestOf(hashes: readonly string[]): Checksum {
  const checksums = hashes.map(checksumOfHash);
  return checksums.reduce((a, b) => (BYTES[b.algorithm] > BYTES[a.algorithm] ? b : a));
}

function checksumOfHash(hash: string): Checksum {
  const [, name = '', base64 = ''] = SRI.exec(hash) ?? [];
  if (name === '') throw new BadValue(`the integrity ${quoted(hash)} is not known`);
  const algorithm = algorithmNamed(name);
  // Buffer reads both alphabets of base64.
  const digest = Buffer.from(base64, 'base64');
  if (digest.length === BYTES[algorithm]) return { algorithm, hex: digest.toString('hex') };
  throw new BadValue(
    `a ${algorithm} digest has ${BYTES[algorithm]} bytes, not ${digest.length}: ${quoted(hash)}`,
  );
}
