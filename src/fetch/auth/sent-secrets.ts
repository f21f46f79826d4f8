import type { ResponseHead } from '../../model/response.ts';
import type { Headers } from '../transport/request.ts';

/** Headers whose values are secrets. */
const SECRET = ['authorization', 'proxy-authorization', 'cookie'] as const;

/** In characters: what is shorter would be found where it only seems to be. */
const SHORTEST = 4;

/** What stands in the place of a secret. */
const MASK = '***';

/** What stands where a text was cut: a secret may have been cut with it. */
const CUT = '…';

/** Whether a request with these headers says something secret. */
export function hasSecrets(headers: Headers): boolean {
  return SECRET.some((name) => headers[name] !== undefined);
}

/** What requests said that is secret. A server may say it again, and what servers say becomes part of messages. */
export class SentSecrets {
  readonly #secrets = new Set<string>();

  /** @param headers of a request that goes out */
  note(headers: Headers): void {
    for (const name of SECRET) {
      const value = headers[name];
      if (value !== undefined)
        this.#add(value, ...(name === 'cookie' ? cookies(value) : words(value)));
    }
  }

  /** Masks them in the messages of `error`, of its causes and parts, and in their stacks. */
  mask(error: unknown, seen = new Set<unknown>()): void {
    if (!(error instanceof Error) || seen.has(error)) return;
    seen.add(error);
    const [message, stack] = [this.#masked(error.message), this.#masked(error.stack ?? '')];
    if (message !== error.message) error.message = message;
    if (stack !== (error.stack ?? '')) error.stack = stack;
    this.mask(error.cause, seen);
    if (error instanceof AggregateError) for (const each of error.errors) this.mask(each, seen);
  }

  /** `head` without the fields that repeat a secret: its fields are recorded and shown. */
  withoutEchoes(head: ResponseHead): ResponseHead {
    const { etag, lastModified, contentType } = head;
    const fields = { etag, lastModified, contentType };
    const echoes = Object.entries(fields).filter(
      ([, value]) => value !== undefined && this.#masked(value) !== value,
    );
    if (echoes.length === 0) return head;
    return { ...head, ...Object.fromEntries(echoes.map(([name]) => [name, undefined])) };
  }

  #add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      // As it is in a message that quotes what was said.
      const quoted = JSON.stringify(secret).slice(1, -1);
      for (const form of [secret, quoted]) if (form.length >= SHORTEST) this.#secrets.add(form);
    }
  }

  #masked(text: string): string {
    let masked = text;
    // The longest first: a part of it is a secret, too.
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length);
    for (const secret of secrets) masked = withoutCutEnd(masked.replaceAll(secret, MASK), secret);
    return masked;
  }
}

/** `text` without the beginning of a secret before where it was cut. */
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

/** What is secret in a value of Authorization: all but its scheme, and the password in it. */
function words(value: string): string[] {
  const space = value.indexOf(' ');
  const credentials = value.slice(space + 1).trim();
  if (!/^basic /i.test(value)) return [credentials];
  const pair = Buffer.from(credentials, 'base64').toString();
  const password = pair.slice(pair.indexOf(':') + 1);
  return [credentials, pair, password, encodeURIComponent(password.toWellFormed())];
}

function cookies(value: string): string[] {
  return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
}
