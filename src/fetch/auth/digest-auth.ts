import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { requestTarget } from '../transport/request-target.ts';
import { type AuthChallenge, parseChallenges } from './auth-challenges.ts';
import type { Login } from './credentials.ts';

/** The algorithms of RFC 7616, by Node's names for them, without `-sess`. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['sha-256', 'sha256'],
  ['sha-512-256', 'sha512-256'],
]);

/** The part of a challenge that stays the same from request to request (RFC 7616 section 3.3). */
interface Protection {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As the server wrote it; undefined when it named none. */
  readonly algorithm: string | undefined;
  readonly hashName: string;
  readonly isSession: boolean;
  /** Undefined for a server that only knows RFC 2069. */
  readonly qop: 'auth' | undefined;
  readonly hashesUser: boolean;
}

/** Answers one challenge for Digest authentication (RFC 7616), request after request. */
export class DigestSession {
  readonly #protection: Protection;
  readonly #login: Login;
  readonly #cnonce: string;
  #count = 0;

  /** @param cnonce the client's nonce. @default random */
  constructor(protection: Protection, login: Login, cnonce = randomBytes(16).toString('hex')) {
    this.#protection = protection;
    this.#login = login;
    this.#cnonce = cnonce;
  }

  get nonce(): string {
    return this.#protection.nonce;
  }

  /**
   * The `Authorization` header of the next request.
   * @param target its path and query, as they are sent
   */
  authorization(target: string): string {
    const { realm, nonce, opaque, algorithm, qop, hashesUser } = this.#protection;
    this.#count++;
    const count = this.#count.toString(16).padStart(8, '0');
    const { username } = this.#login;
    const shown = hashesUser ? this.#hash(`${username}:${realm}`) : username;
    const secret = this.#secret();
    const request = this.#hash(`GET:${target}`);
    const between = qop === undefined ? nonce : `${nonce}:${count}:${this.#cnonce}:${qop}`;
    const fields = [
      userField(shown, hashesUser),
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(target)}`,
      `response="${this.#hash(`${secret}:${between}:${request}`)}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
      ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`, `cnonce="${this.#cnonce}"`]),
      ...(hashesUser ? ['userhash=true'] : []),
    ];
    return `Digest ${fields.join(', ')}`;
  }

  /** The hash of A1 (section 3.4.2). */
  #secret(): string {
    const { realm, nonce, isSession } = this.#protection;
    const { username, password } = this.#login;
    const secret = this.#hash(`${username}:${realm}:${password}`);
    return isSession ? this.#hash(`${secret}:${nonce}:${this.#cnonce}`) : secret;
  }

  #hash(text: string): string {
    return hash(this.#protection.hashName, text);
  }
}

/**
 * The first of a server's challenges that Digest can answer; the server lists them in its order of
 * preference (section 3.7). `auth-int`, unknown algorithms and challenges without a nonce cannot be
 * answered.
 */
export function digestChallenge(challenges: readonly AuthChallenge[]): DigestChallenge | undefined {
  for (const { scheme, parameters } of challenges) {
    const challenge = scheme === 'digest' ? challengeOf(parameters) : undefined;
    if (challenge !== undefined) return challenge;
  }
  return undefined;
}

/** A challenge that can be answered. */
export interface DigestChallenge extends Protection {
  /** The nonce of the request was too old, and everything else was right. */
  readonly isStale: boolean;
}

/** Each request repeats the parameters, and they are kept for each origin. In characters. */
const LONGEST_PARAMETER = 4096;

function challengeOf(parameters: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const algorithm = parameters.get('algorithm');
  const [, name = '', session] = /^(.*?)(-sess)?$/s.exec((algorithm ?? 'md5').toLowerCase()) ?? [];
  const hashName = HASHES.get(name);
  const [realm, nonce] = [parameters.get('realm'), parameters.get('nonce')];
  if (hashName === undefined || realm === undefined || nonce === undefined) return undefined;
  const opaque = parameters.get('opaque');
  if ([realm, nonce, opaque ?? ''].some(({ length }) => length > LONGEST_PARAMETER))
    return undefined;
  const offered = parameters.get('qop')?.split(',');
  const knowsAuth = offered?.some((one) => one.trim().toLowerCase() === 'auth') ?? true;
  if (!knowsAuth) return undefined;
  return {
    realm,
    nonce,
    opaque,
    algorithm,
    hashName,
    isSession: session !== undefined,
    qop: offered === undefined ? undefined : 'auth',
    hashesUser: parameters.get('userhash')?.toLowerCase() === 'true',
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

/** A name outside ASCII is encoded as in RFC 8187 (section 3.4). */
function userField(username: string, isHashed: boolean): string {
  if (isHashed || /^[\x20-\x7e]*$/.test(username)) return `username=${quoted(username)}`;
  const encoded = encodeURIComponent(username).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `username*=UTF-8''${encoded}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The most origins and users remembered: some hundred bytes each. */
const MOST_SESSIONS = 1_000;

/**
 * The origins of a run that asked for Digest authentication. Later requests to them carry it at once,
 * without a challenge of their own: a challenge holds for a whole origin (RFC 7616 section 3.3, `domain`).
 */
export class DigestSessions {
  readonly #sessions = new LRUCache<string, DigestSession>({ max: MOST_SESSIONS });

  /** @returns undefined for an origin that has not asked for it */
  authorization(url: URL, login: Login): string | undefined {
    if (this.#sessions.size === 0) return undefined;
    return this.#sessions.get(keyOf(url, login))?.authorization(requestTarget(url));
  }

  /**
   * Takes up the challenge of a 401.
   *
   * @param lines the lines of `WWW-Authenticate`
   * @param isAgain whether the request had answered a challenge already: only a nonce that was too
   *   old is worth another answer, since a wrong password stays wrong
   * @returns whether the request is worth sending again
   */
  accept(url: URL, login: Login, lines: readonly string[], isAgain: boolean): boolean {
    const challenge = digestChallenge(parseChallenges(lines));
    if (challenge === undefined || (isAgain && !challenge.isStale)) return false;
    const key = keyOf(url, login);
    // Concurrent requests often get the same nonce, whose count must go on.
    if (this.#sessions.get(key)?.nonce !== challenge.nonce) {
      this.#sessions.set(key, new DigestSession(challenge, login));
    }
    return true;
  }
}

function keyOf({ origin }: URL, { username, password }: Login): string {
  return JSON.stringify([origin, username, password]);
}
