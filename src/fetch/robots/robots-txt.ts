import { LRUCache } from 'lru-cache';
import { createTask, shield, type Task } from '../../concurrency/index.ts';
import { EncodingError, HttpStatusError, TruncatedError } from '../../model/failure.ts';
import { reasonOf } from '../../model/reason.ts';
import type { BodyWriter } from '../../model/response.ts';
import { MOST_READ, type ParseRobots, productToken, RobotsRules } from './robots-rules.ts';

/** The most characters of all files that are kept. */
const MOST_KEPT = 16 * 1024 * 1024;

/** How long a file is kept, in ms: RFC 9309 section 2.4. */
const LONGEST_KEPT = 24 * 3_600_000;

/**
 * Gets a robots.txt, and follows redirects.
 * @param isOwnOrigin whether the URL's origin is one that may get the run's credentials
 * @throws as `HttpClient.get`
 */
export type GetRobotsTxt = (
  url: string,
  isOwnOrigin: boolean,
  body: BodyWriter,
) => Promise<unknown>;

/** The file as it was had, or why it could not be had. */
type Result = { readonly rules: RobotsRules } | { readonly error: unknown };

/**
 * Asks the robots.txt of each origin before its first request (RFC 9309). Requests to one origin share
 * one request for the file. A file that does not exist allows everything; one that cannot be had because
 * the server fails allows nothing, so the request fails for the same reason, and is tried again like any
 * other.
 */
export class RobotsTxt {
  readonly #get: GetRobotsTxt;
  readonly #agent: string;
  readonly #kept = new LRUCache<string, RobotsRules>({
    maxSize: MOST_KEPT,
    sizeCalculation: ({ size }) => size,
    ttl: LONGEST_KEPT,
  });
  /** Requests under way, by origin. */
  readonly #pending = new Map<string, Task<Result>>();

  /** @param userAgent the header of all requests, whose product token the rules are looked up by */
  constructor(get: GetRobotsTxt, userAgent: string) {
    this.#get = get;
    this.#agent = productToken(userAgent);
  }

  /**
   * Decides whether `url` may be requested. A cancelled wait leaves the request for the file to others.
   * @returns undefined when that is known already
   * @throws RobotsTxtError when it may not; the failure of the request for the file
   */
  check(url: URL, isOwnOrigin: boolean): Promise<void> | undefined {
    if (url.pathname === '/robots.txt') return undefined;
    const rules = this.#kept.get(url.origin);
    if (rules === undefined) return this.#ask(url, isOwnOrigin);
    rules.check(url);
    return undefined;
  }

  async #ask(url: URL, isOwnOrigin: boolean): Promise<void> {
    const { origin } = url;
    let pending = this.#pending.get(origin);
    if (pending === undefined) {
      pending = createTask(() => this.#load(origin, isOwnOrigin), {
        name: `robots.txt of ${origin}`,
      });
      this.#pending.set(origin, pending);
    }
    const result = await shield(pending);
    if ('error' in result) throw result.error;
    result.rules.check(url);
  }

  async #load(origin: string, isOwnOrigin: boolean): Promise<Result> {
    try {
      const module = await import('robots-parser');
      const parse = module.default as unknown as ParseRobots;
      const text = await this.#text(`${origin}/robots.txt`, isOwnOrigin);
      const rules = new RobotsRules(parse, origin, text, this.#agent);
      this.#kept.set(origin, rules);
      return { rules };
    } catch (error) {
      return { error };
    } finally {
      this.#pending.delete(origin);
    }
  }

  /** @returns '' where there is no such file (RFC 9309 section 2.3.1.3) */
  async #text(url: string, isOwnOrigin: boolean): Promise<string> {
    const body = new FirstBytes(MOST_READ);
    try {
      await this.#get(url, isOwnOrigin, body);
    } catch (error) {
      if (isMissing(error)) return '';
      if (!body.isFull) throw named(error);
    }
    return body.text;
  }
}

/**
 * A client error says that there are no rules, and so does a success without contents (204). Too many
 * requests say that the server is busy.
 */
function isMissing(error: unknown): boolean {
  if (error instanceof HttpStatusError) return error.status < 500 && error.status !== 429;
  const reason = reasonOf(error);
  return reason === 'redirect-loop' || reason === 'redirect-refused';
}

/** A status, or a body that cannot be read, would look like that of the row's own URL. */
function named(error: unknown): unknown {
  if (error instanceof EncodingError || error instanceof TruncatedError) {
    error.message += ' (of its robots.txt)';
  }
  if (!(error instanceof HttpStatusError)) return error;
  const { status, retryAfter, message } = error;
  const text = message.slice(String(status).length).trim();
  return new HttpStatusError(status, `${text} for its robots.txt`.trim(), retryAfter);
}

/** Collects the beginning of a body, and refuses the rest. */
class FirstBytes implements BodyWriter {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#bytes === this.#most;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  begin(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const taken = Buffer.from(chunk.subarray(0, this.#most - this.#bytes));
    this.#chunks.push(taken);
    this.#bytes += taken.byteLength;
    return this.isFull ? Promise.reject(new Error('enough of it has come')) : undefined;
  }
}
