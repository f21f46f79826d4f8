import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { MOST_STRANGERS, Strangers } from '../../src/dashboard/strangers.ts';

test('Strangers: the oldest connection goes for one too many, but none that was admitted', async (t) => {
  const strangers = new Strangers();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    strangers.add(socket);
    if (sockets.length === 1) strangers.admit(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const clients: Socket[] = [];
  t.after(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  for (let i = 0; i < MOST_STRANGERS + 3; i++) {
    const accepted = once(server, 'connection');
    clients.push(connect(port, '127.0.0.1').on('error', () => {}));
    await accepted;
  }
  const isOpen = sockets.map((socket) => !socket.destroyed);
  assert.deepEqual(isOpen.slice(0, 4), [true, false, false, true]);
  assert.ok(isOpen.slice(4).every(Boolean));
});
