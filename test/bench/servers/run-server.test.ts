// Slow: starts processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { freePort } from '../../../bench/servers/free-port.ts';

const MODULE = new URL('../../../bench/servers/run-server.ts', import.meta.url).href;

test('runServer: a killed program takes its server with it', {
  skip: process.platform !== 'linux',
}, async () => {
  const port = await freePort();
  const server = [process.execPath, '-e', `net.createServer().listen(${port}, '127.0.0.1')`];
  const program = {
    command: server,
    // The server has the pipe to this test open as long as it lives.
    options: { stdio: ['ignore', 'inherit', 'ignore'] },
    ...{ lifetime: 60, port, longestStart: 20_000 },
  };
  const script = `const { runServer } = await import('${MODULE}');
    await using server = await runServer(${JSON.stringify(program)});
    console.log('listens', server !== undefined);
    await new Promise(() => setInterval(() => {}, 1000));`;
  const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(starter.stdout, 'data');
  const ended = once(starter.stdout, 'close');
  starter.kill('SIGKILL');
  starter.stdout.resume();
  await ended;
});
