import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { ResponseReader } from '../../../src/fetch/http1/response-reader.ts';

/** What a parser reads from the bytes of one response, followed by the end of the connection. */
export interface Reading {
  readonly status?: number | undefined;
  /** Names in lower case; a repeated name is listed several times. */
  readonly fields?: readonly string[] | undefined;
  readonly body?: string | undefined;
  /** Whether the response is complete. */
  readonly isWhole: boolean;
  /** Whether no other response may be read after it. */
  readonly isOdd?: boolean | undefined;
  /** Why the bytes were refused. */
  readonly refusal?: string | undefined;
}

/** Reads `pieces` with our parser. */
export function ourReading(pieces: readonly Buffer[]): Reading {
  let head: { status: number; fields: readonly string[] } | undefined;
  let body = '';
  const reader = new ResponseReader({
    onHead({ status, headers }) {
      const fields = Object.entries(headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((each) => `${name}: ${each}`),
      );
      head = status < 200 ? undefined : { status, fields };
    },
    onData(piece) {
      body += Buffer.from(piece).toString('latin1');
      return true;
    },
  });
  try {
    for (const piece of pieces) if (!reader.isDone) reader.read(Buffer.from(piece));
    const { isDone, isOdd } = reader;
    return { ...head, body, isWhole: isDone || reader.close(), isOdd };
  } catch (error) {
    return { ...head, body, isWhole: false, refusal: (error as Error).message };
  }
}

/** Reads with Node's own client, whose parser is llhttp. */
export function nodesReading(pieces: readonly Buffer[]): Promise<Reading> {
  const { promise, resolve } = Promise.withResolvers<Reading>();
  const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const asked = request({ createConnection: () => connection as never });
  let head: Pick<Reading, 'status' | 'fields'> | undefined;
  let body = '';
  const refuse = (error: NodeJS.ErrnoException) =>
    resolve({
      ...head,
      body,
      isWhole: false,
      refusal: `${error.code} ${'reason' in error ? error.reason : ''}`,
    });
  asked.on('error', refuse);
  asked.on('response', (response) => {
    const { statusCode, rawHeaders } = response;
    const names = rawHeaders.filter((_, i) => i % 2 === 0);
    const fields = names.map((name, i) => `${name.toLowerCase()}: ${rawHeaders[2 * i + 1]}`);
    head = { status: statusCode, fields };
    // Also the part parsed before an error.
    const push = response.push.bind(response);
    response.push = (piece: Buffer | null) => {
      body += piece?.toString('latin1') ?? '';
      return push(piece);
    };
    response.resume();
    response.on('error', refuse);
    response.on('close', () => resolve({ ...head, body, isWhole: response.complete }));
  });
  asked.end();
  for (const piece of pieces) connection.push(piece);
  connection.push(null);
  return promise;
}
