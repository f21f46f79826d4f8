import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { MUTE } from '../../../bench/openweb/addresses.ts';
import { startMuteServer } from '../../../bench/openweb/mute-server.ts';
import { freePort } from '../../../bench/servers/free-port.ts';

test('startMuteServer: accepts a connection, sends nothing, and ends it when it is disposed', async () => {
  const port = await freePort(MUTE);
  const server = await startMuteServer([port]);
  const socket = connect(port, MUTE);
  await once(socket, 'connect');
  let heard = 0;
  socket.on('data', ({ length }) => {
    heard += length;
  });
  await new Promise((done) => socket.write('hello', done));
  // The connection may end with a reset.
  const closed = new Promise((done) => socket.on('error', () => {}).once('close', done));
  await server[Symbol.asyncDispose]();
  await closed;
  assert.equal(heard, 0);
});
