import type { LedgerRecord } from '../record.ts';

/** What a record keeps of a row that is not done. */
type RecordedDetails = NonNullable<LedgerRecord['details']>;

/** How each of them is known to be what a run writes. */
const CHECKS: Readonly<Record<keyof RecordedDetails, (value: unknown) => boolean>> = {
  mirrors: isArrayOfTexts,
  directory: (value) => typeof value === 'string',
  checksum: isChecksum,
  columns: (value) => isObject(value) && isArrayOfTexts(Object.values(value)),
  key: (value) => typeof value === 'string',
};

/**
 * Reads the details of a record.
 * @returns undefined for what no run writes
 */
export function readDetails(json: string): RecordedDetails | undefined {
  const details = parsed(json);
  if (!isObject(details)) return undefined;
  const areRight = Object.entries(details).every(
    ([name, value]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof RecordedDetails](value),
  );
  return areRight ? details : undefined;
}

/** @returns undefined for what is no list of texts */
export function readTexts(json: string): readonly string[] | undefined {
  const texts = parsed(json);
  return isArrayOfTexts(texts) ? texts : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isChecksum(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { algorithm, hex } = value;
  return ALGORITHMS.has(algorithm) && typeof hex === 'string' && /^[0-9a-f]+$/.test(hex);
}

const ALGORITHMS: ReadonlySet<unknown> = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512']);
