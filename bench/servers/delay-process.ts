// The project's DELAY server in a process of its own, so that its work is not the benchmark's.
// Started by delay-server.ts, which asks it what it saw, and ends with that.
import { startFlagServer } from '../../src/server/flag-server.ts';
import type { DelayMessage } from './delay-server.ts';

const delay = Number(process.argv[2]);
const server = await startFlagServer({
  label: 'DELAY',
  port: 0,
  delay: { min: delay, max: delay },
});
const send = (message: DelayMessage) => process.send?.(message);
process.on('message', () => send({ stats: server.stats }));
process.on('disconnect', () => process.exit());
send({ port: server.port });
