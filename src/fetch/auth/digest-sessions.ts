import { LRUCache } from 'lru-cache';
import { parseChallenges } from './auth-challenges.ts';
import type { Login } from './credentials.ts';
import { DigestSession, digestChallenge } from './digest-auth.ts';

/** Of so many origins and users, at most: some hundred bytes each. */
const MOST_SESSIONS = 1_000;

/**
 * The origins of a run that have asked for Digest authentication. Later requests to them carry it at once,
 * without a challenge of their own. A challenge holds for a whole origin (RFC 7616 section 3.3, `domain`).
 */
export class DigestSessions {
  readonly #sessions = new LRUCache<string, DigestSession>({ max: MOST_SESSIONS });

  /** @returns undefined for an origin that has not asked for it */
  authorization(url: URL, login: Login): string | undefined {
    if (this.#sessions.size === 0) return undefined;
    return this.#sessions.get(keyOf(url, login))?.authorization(url.pathname + url.search);
  }

  /**
   * Takes up the challenge of an answer.
   * @param lines of its `WWW-Authenticate`
   * @param isAgain whether an answer to a challenge came to this: only a nonce that was too old is worth
   *   another one, since a wrong password stays wrong
   * @returns whether the request is worth sending again
   */
  accept(url: URL, login: Login, lines: readonly string[], isAgain: boolean): boolean {
    const challenge = digestChallenge(parseChallenges(lines));
    if (challenge === undefined || (isAgain && !challenge.isStale)) return false;
    const key = keyOf(url, login);
    // Requests at a time are often given the same nonce, whose count must go on.
    if (this.#sessions.get(key)?.nonce !== challenge.nonce) {
      this.#sessions.set(key, new DigestSession(challenge, login));
    }
    return true;
  }
}

function keyOf({ origin }: URL, { username, password }: Login): string {
  return JSON.stringify([origin, username, password]);
}
