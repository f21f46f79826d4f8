import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { ResponseReader } from '../../../src/fetch/http1/response-reader.ts';

/** What a parser makes of the bytes of one response, with the end of the connection behind them. */
export interface Reading {
  readonly status?: number | undefined;
  /** Names in lower case; one that comes several times is here several times. */
  readonly fields?: readonly string[] | undefined;
  readonly body?: string | undefined;
  /** Whether it came to its end. */
  readonly isWhole: boolean;
  /** Whether no other response may be read behind it. */
  readonly isOdd?: boolean | undefined;
  /** What it has against the bytes. */
  readonly refusal?: string | undefined;
}

/** As our parser reads `pieces`. */
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

/** As Node's own client does, whose parser is llhttp. */
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
    // What has been parsed, also when an error takes it away before it is told.
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
