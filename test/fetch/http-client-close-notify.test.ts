import assert from 'node:assert/strict';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { reasonOf } from '../../src/model/reason.ts';
import { Body } from '../support/body.ts';
import { type Identity, selfSigned } from '../support/certificates.ts';
import { listen } from '../support/tiny-server.ts';

/**
 * A TLS server behind a relay that can end TCP without a close_notify. @returns the port, and how
 * many requests came
 */
async function serve(
  t: TestContext,
  identity: Identity,
  answer: (socket: TLSSocket, cut: () => void) => void,
) {
  let asked = 0;
  /** The relayed connections by the port of their inner end. */
  const relays = new Map<number | undefined, Relay>();
  const tls = createServer(identity, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      asked++;
      const relay = relays.get(socket.remotePort);
      answer(socket, () => relay?.cut(raw.get(socket.remotePort)?.bytesWritten ?? 0));
    });
  });
  const raw = new Map<number | undefined, Socket>();
  tls.on('connection', (socket: Socket) => raw.set(socket.remotePort, socket));
  const inner = await listen(t, tls);
  const outer = createTcpServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ host: '127.0.0.1', port: inner.port });
    const relay = new Relay(from);
    to.on('connect', () => relays.set(to.localPort, relay));
    to.on('error', () => {});
    to.on('data', (piece: Buffer) => relay.pass(piece));
    to.on('end', () => from.end());
    from.on('data', (piece) => to.write(piece));
    from.on('close', () => to.destroy());
  });
  const { port } = await listen(t, outer);
  return { url: `https://127.0.0.1:${port}/`, asked: () => asked };
}

/** Passes bytes on to the client, up to a cut. */
class Relay {
  readonly #to: Socket;
  #passed = 0;
  #length = Number.POSITIVE_INFINITY;

  constructor(to: Socket) {
    this.#to = to;
  }

  pass(piece: Buffer): void {
    this.#passed += piece.length;
    if (this.#to.writable) this.#to.write(piece);
    this.#endIfPassed();
  }

  /** Ends the connection once `length` bytes have been passed on in all. */
  cut(length: number): void {
    this.#length = length;
    this.#endIfPassed();
  }

  #endIfPassed(): void {
    if (this.#passed >= this.#length) this.#to.end();
  }
}

const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';
const BODY = 'GIF89a'.repeat(30_000);

test('HttpClient: over TLS, a body that ends with a close_notify is complete', async (t) => {
  const identity = await selfSigned();
  const { url, asked } = await serve(t, identity, (socket) => void socket.end(UNTIL_CLOSE + BODY));
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  for (const requests of [2, 3]) {
    const body = new Body();
    await client.get({ url }, body, {});
    assert.ok(body.text === BODY);
    // The first connection shows how the bodies end, which is observed from then on.
    assert.equal(asked(), requests);
  }
});

test('HttpClient: over TLS, a body that ends without a close_notify is truncated', async (t) => {
  const identity = await selfSigned();
  const { url } = await serve(t, identity, (socket, cut) => {
    socket.write(UNTIL_CLOSE + BODY, cut);
  });
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  for (let run = 0; run < 2; run++) {
    await assert.rejects(client.get({ url }, new Body(), {}), (error) => {
      assert.equal(reasonOf(error), 'truncated', String(error));
      return true;
    });
  }
});

test('HttpClient: over TLS, a body of known length is complete however the connection ends', async (t) => {
  const identity = await selfSigned();
  const { url, asked } = await serve(t, identity, (socket, cut) => {
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n`;
    socket.write(head + BODY, cut);
  });
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  const body = new Body();
  await client.get({ url }, body, {});
  assert.deepEqual([body.text === BODY, asked()], [true, 1]);
});

test('HttpClient: over TLS, a paused body is complete if a close_notify came during the pause', async (t) => {
  const identity = await selfSigned();
  const { url } = await serve(t, identity, (socket) => void socket.end(UNTIL_CLOSE + BODY));
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  const body = new Body();
  let paused = 0;
  await client.get(
    { url },
    {
      begin: (head) => body.begin(head),
      write(chunk) {
        body.write(chunk);
        return paused++ < 3 ? new Promise((resolve) => setTimeout(resolve, 30)) : undefined;
      },
    },
    {},
  );
  assert.ok(body.text === BODY && paused > 2);
});
