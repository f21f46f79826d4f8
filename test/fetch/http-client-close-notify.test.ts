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
  const relayed = new Map<number | undefined, Socket>();
  const inner = await listen(
    t,
    createServer(identity, (socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        asked++;
        answer(socket, () => relayed.get(socket.remotePort)?.end());
      });
    }),
  );
  const outer = createTcpServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ host: '127.0.0.1', port: inner.port });
    to.on('connect', () => relayed.set(to.localPort, from));
    to.on('error', () => {});
    to.on('data', (piece) => from.writable && from.write(piece));
    to.on('end', () => from.end());
    from.on('data', (piece) => to.write(piece));
    from.on('close', () => to.destroy());
  });
  const { port } = await listen(t, outer);
  return { url: `https://127.0.0.1:${port}/`, asked: () => asked };
}

const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';
const BODY = 'GIF89a'.repeat(30_000);

test('HttpClient: over TLS, a body that ends with a close_notify is complete', async (t) => {
  const identity = await selfSigned(t);
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
  const identity = await selfSigned(t);
  const { url } = await serve(t, identity, (socket, cut) => {
    socket.write(UNTIL_CLOSE + BODY, () => setTimeout(cut, 20));
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
  const identity = await selfSigned(t);
  const { url, asked } = await serve(t, identity, (socket, cut) => {
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n`;
    socket.write(head + BODY, () => setTimeout(cut, 20));
  });
  await using client = new HttpClient({ tls: { ca: identity.cert } });
  const body = new Body();
  await client.get({ url }, body, {});
  assert.deepEqual([body.text === BODY, asked()], [true, 1]);
});

test('HttpClient: over TLS, a paused body is complete if a close_notify came during the pause', async (t) => {
  const identity = await selfSigned(t);
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
