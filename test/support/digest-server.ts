import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** Options of a {@link digestGuard}. */
export interface DigestGuardOptions {
  /** The algorithm in the challenge, which leaves out `MD5`. */
  readonly algorithm?: 'MD5' | 'SHA-256' | 'MD5-sess' | undefined;
  readonly realm?: string | undefined;
  /** How many requests may use a nonce. */
  readonly nonceUses?: number | undefined;
  /** Another challenge, sent before this one. */
  readonly also?: string | undefined;
}

/** The user and the password that are accepted. */
const LOGIN = ['ann', 's3cret'] as const;

/**
 * Passes requests to `serve` if they have valid Digest authentication (RFC 7616 with `qop=auth`) and
 * their counts for a nonce increase. Challenges all others.
 * @returns the listener, and the `Authorization` of every request, in order
 */
export function digestGuard(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  options: DigestGuardOptions = {},
): { readonly onRequest: RequestListener; readonly said: (string | undefined)[] } {
  const { algorithm = 'MD5', realm = 'files', nonceUses = Number.POSITIVE_INFINITY } = options;
  const said: (string | undefined)[] = [];
  const counts = new Map<string, number>();
  const hash = (text: string) =>
    createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');

  function isKnown({ method, url }: IncomingMessage, fields: Record<string, string>): boolean {
    const { nonce = '', nc, cnonce, uri } = fields;
    const plain = hash(`${LOGIN[0]}:${realm}:${LOGIN[1]}`);
    const secret = algorithm.endsWith('-sess') ? hash(`${plain}:${nonce}:${cnonce}`) : plain;
    const wanted = hash(`${secret}:${nonce}:${nc}:${cnonce}:auth:${hash(`${method}:${url}`)}`);
    return uri === url && fields.response === wanted && counts.has(nonce);
  }

  function challenge(response: ServerResponse, isStale: boolean): void {
    const nonce = `nonce-${counts.size}`;
    counts.set(nonce, 0);
    const named = algorithm === 'MD5' ? '' : `, algorithm=${algorithm}`;
    const stale = isStale ? ', stale=true' : '';
    const line = `Digest realm="${realm}", nonce="${nonce}", qop="auth,auth-int"${named}${stale}`;
    const lines = options.also === undefined ? line : [options.also, line];
    response.writeHead(401, { 'www-authenticate': lines }).end('who are you?');
  }

  const onRequest: RequestListener = (request, response) => {
    const { authorization } = request.headers;
    said.push(authorization);
    const fields = fieldsOf(authorization);
    const uses = counts.get(fields.nonce ?? '') ?? 0;
    const isNew = Number.parseInt(fields.nc ?? '', 16) > uses;
    if (!isKnown(request, fields)) challenge(response, false);
    else if (!isNew || uses >= nonceUses) challenge(response, true);
    else {
      counts.set(fields.nonce ?? '', Number.parseInt(fields.nc ?? '', 16));
      serve(request, response);
    }
  };
  return { onRequest, said };
}

function fieldsOf(authorization = ''): Record<string, string> {
  const fields = authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries([...fields].map(([, name, quoted, word]) => [name, quoted ?? word]));
}
