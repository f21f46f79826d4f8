import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** In bytes: 192 bits cannot be guessed. */
const LENGTH = 24;

/** A random token, for the URL of the page: without it the page cannot be opened. */
export function newToken(): string {
  return randomBytes(LENGTH).toString('base64url');
}

/** Whether `given` is the token, found out in a time that says nothing about it. */
export function isToken(given: string | null, token: string): boolean {
  // Of hashes, as they have one length.
  return given !== null && timingSafeEqual(hashOf(given), hashOf(token));
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
