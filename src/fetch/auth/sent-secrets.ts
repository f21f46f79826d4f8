import type { ResponseHead } from '../../model/response.ts';
import type { Headers } from '../transport/request.ts';

/** Headers whose values are secret. */
const SECRET = ['authorization', 'proxy-authorization', 'cookie'] as const;

/** The shortest secret that is masked, in characters: a shorter one would be found by chance. */
const SHORTEST = 4;

/** The same for a cookie in what is recorded of a file: `lang=en-US` is no secret, and URLs have such words. */
const SHORTEST_COOKIE = 8;

/** Replaces a secret. */
const MASK = '***';

/** Marks where a text was cut: a secret may have been cut with it. */
const CUT = '…';

/** Whether a request with these headers sends a secret. */
export function hasSecrets(headers: Headers): boolean {
  return SECRET.some((name) => name in headers);
}

/** The secrets that requests have sent. A server may repeat them, and messages quote what servers say. */
export class SentSecrets {
  readonly #secrets = new Set<string>();
  /** What is masked: all forms of the secrets, the longest first, since a part of it may be a secret, too. */
  #forms: readonly string[] | undefined;
  /** Cookies that stay in what is recorded. */
  readonly #shortCookies = new Set<string>();

  /** @param headers of a request that is about to be sent */
  note(headers: Headers): void {
    for (const name of SECRET) {
      const value = headers[name];
      if (value === undefined || this.#secrets.has(value)) continue;
      for (const secret of [value, ...(name === 'cookie' ? cookies(value) : words(value))]) {
        this.#secrets.add(secret);
        if (name === 'cookie' && secret.length < SHORTEST_COOKIE) this.#shortCookies.add(secret);
      }
      this.#forms = undefined;
    }
  }

  /** Masks secrets in the message and stack of `error`, of its causes and of its parts. */
  mask(error: unknown, seen = new Set<unknown>()): void {
    if (!(error instanceof Error) || seen.has(error)) return;
    seen.add(error);
    const [message, stack] = [this.#masked(error.message), this.#masked(error.stack ?? '')];
    if (message !== error.message) error.message = message;
    if (stack !== (error.stack ?? '')) error.stack = stack;
    this.mask(error.cause, seen);
    if (error instanceof AggregateError) for (const each of error.errors) this.mask(each, seen);
  }

  /** `url` with secrets masked, as it is recorded. */
  maskedUrl(url: string): string {
    return this.#masked(url, this.#shortCookies);
  }

  /** @param besides forms that are not masked */
  #masked(text: string, besides?: ReadonlySet<string>): string {
    this.#forms ??= [...new Set([...this.#secrets].flatMap(formsOf))]
      .filter(({ length }) => length >= SHORTEST)
      .sort((a, b) => b.length - a.length);
    let masked = text;
    for (const form of this.#forms) {
      if (besides?.has(form)) continue;
      masked = withoutCutEnd(masked.replaceAll(form, MASK), form);
    }
    return masked;
  }

  /** `head` without the fields that repeat a secret: they would be recorded and shown, or name the file. */
  withoutEchoes(head: ResponseHead): ResponseHead {
    const { etag, lastModified, contentType, contentDisposition } = head;
    const fields = { etag, lastModified, contentType, contentDisposition };
    const echoes = Object.entries(fields).filter(
      ([, value]) => value !== undefined && this.#masked(value, this.#shortCookies) !== value,
    );
    if (echoes.length === 0) return head;
    return { ...head, ...Object.fromEntries(echoes.map(([name]) => [name, undefined])) };
  }
}

/** What is written in the same way everywhere: most secrets. */
const PLAIN = /^[\w.~-]*$/;

/** What the URL parser encodes in a query, as `encodeURIComponent` does. It encodes `'`, too. */
const ENCODED_IN_QUERY = /[\s"#<>\P{ASCII}]+/gu;

/** A secret as it is, as a message would quote it, and as a URL would have it. */
function formsOf(secret: string): string[] {
  if (PLAIN.test(secret)) return [secret];
  const text = secret.toWellFormed();
  const inQuery = text.replace(ENCODED_IN_QUERY, encodeURIComponent).replaceAll("'", '%27');
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [secret, quoted, inQuery, encodeURI(text), encodeURIComponent(text)];
}

/** `text` without the beginning of a secret right before the place where it was cut. */
function withoutCutEnd(text: string, secret: string): string {
  const cut = text.indexOf(CUT);
  if (cut === -1) return text;
  for (let length = Math.min(secret.length, cut); length >= SHORTEST; length--) {
    if (text.endsWith(secret.slice(0, length), cut)) {
      return `${text.slice(0, cut - length)}${MASK}${text.slice(cut)}`;
    }
  }
  return text;
}

/** The secret parts of `Authorization`: everything but the scheme, and the password in it. */
function words(value: string): string[] {
  const space = value.indexOf(' ');
  const credentials = value.slice(space + 1).trim();
  if (!/^basic /i.test(value)) return [credentials];
  const pair = Buffer.from(credentials, 'base64').toString();
  const password = pair.slice(pair.indexOf(':') + 1);
  return [credentials, pair, password];
}

function cookies(value: string): string[] {
  return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
}
