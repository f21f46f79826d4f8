import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';

/** How a {@link FakePostgres} answers. */
export interface FakeAnswers {
  /** The certificate; without one it has no TLS. */
  readonly tls?: Identity | undefined;
  /** Ends the login with an error, of this SQLSTATE and message. */
  readonly refusal?: readonly [state: string, message: string] | undefined;
  /** What `server_version` and `server_version_num` are. Without it, no statement is ever answered. */
  readonly version?: readonly [version: string, number: string] | undefined;
}

/** The code in place of a version with which a client asks for TLS (SSLRequest). */
const ASKS_FOR_TLS = 80_877_103;

/**
 * A server that speaks as much of PostgreSQL's protocol 3.0 as a login and one simple query take
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
export class FakePostgres implements AsyncDisposable {
  readonly #answers: FakeAnswers;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answers: FakeAnswers) {
    this.#answers = answers;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', (data: Buffer) => this.#begin(socket, data));
    });
  }

  static async start(answers: FakeAnswers): Promise<FakePostgres> {
    const fake = new FakePostgres(answers);
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  /** The URL of a database there, whose password is `secret`. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `postgres://user:secret@127.0.0.1:${port}/fleet`;
  }

  #begin(socket: Socket, data: Buffer): void {
    if (data.readInt32BE(4) !== ASKS_FOR_TLS) {
      this.#logIn(socket);
      return;
    }
    const { tls } = this.#answers;
    socket.write(tls === undefined ? 'N' : 'S');
    if (tls === undefined) return;
    const secure = new TLSSocket(socket, { isServer: true, ...tls });
    secure.on('error', () => {});
    secure.once('data', () => this.#logIn(secure));
  }

  #logIn(socket: Socket): void {
    const { refusal, version } = this.#answers;
    if (refusal !== undefined) {
      const [state, text] = refusal;
      socket.end(message('E', Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${text}\0\0`)));
      return;
    }
    socket.write(message('R', int32(0)));
    socket.write(READY);
    socket.on('data', () => {
      if (version !== undefined) socket.write(answerTo(version));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const READY = message('Z', Buffer.from('I'));

/** The answer to a query of a version and its number: a row of two texts. */
function answerTo(values: readonly string[]): Buffer {
  const fields = ['version', 'number'].map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
  );
  const row = values.map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]));
  return Buffer.concat([
    message('T', int16(2), ...fields),
    message('D', int16(2), ...row),
    message('C', text('SELECT 1')),
    READY,
  ]);
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
