// Slow: starts processes.
import assert from 'node:assert/strict';
import type { lookup } from 'node:dns';
import type { EventEmitter } from 'node:events';
import { access, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SystemLookup } from '../../../src/fetch/dns/system-lookup.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HAS_SHELL = { skip: process.platform === 'win32' };

/** A program in place of `getent`, which gets the name as `$2`. */
async function program(t: TestContext, script: string): Promise<string> {
  const path = join(await temporaryDirectory(t), 'getent');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A pool whose look-ups end when the test says so. */
function stubPool() {
  const asked: { host: string; answer: (error: Error | null, found: unknown) => void }[] = [];
  const inPool = ((host: string, _options: unknown, answer: () => void) => {
    asked.push({ host, answer });
  }) as unknown as typeof lookup;
  return { inPool, asked };
}

function open(t: TestContext, options: ConstructorParameters<typeof SystemLookup>[0]) {
  const system = new SystemLookup(options);
  t.after(() => system[Symbol.dispose]());
  return {
    system,
    ask: (host: string) =>
      new Promise<string>((resolve) => {
        system.lookup(host, (error, addresses) => resolve(error?.code ?? addresses.join(' ')));
      }),
  };
}

test('SystemLookup: getent finds what the system knows', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { ask } = open(t, {});
  assert.match(await ask('localhost'), /(?:^| )(?:127\.0\.0\.1|::1)(?: |$)/);
  assert.equal(await ask('192.0.2.1'), '192.0.2.1');
});

test('SystemLookup: returns each address once, in the order of getent', HAS_SHELL, async (t) => {
  const getent = await program(
    t,
    `test "$1" = ahosts || exit 1
     echo '2001:db8::1     STREAM h.example'
     echo '2001:db8::1     DGRAM'
     echo '192.0.2.1       STREAM'
     echo '192.0.2.1       RAW'
     echo 'nonsense'`,
  );
  assert.equal(await open(t, { getent }).ask('h.example'), '2001:db8::1 192.0.2.1');
});

for (const [code, expected] of [
  [2, 'ENOTFOUND'],
  [0, 'EAI_AGAIN'],
  [1, 'EAI_AGAIN'],
] as const) {
  test(
    `SystemLookup: a getent that ends with ${code} and no address is ${expected}`,
    HAS_SHELL,
    async (t) => {
      const getent = await program(t, `exit ${code}`);
      assert.equal(await open(t, { getent }).ask('h.example'), expected);
    },
  );
}

test(
  'SystemLookup: does not pass a possible option or an invalid name to getent',
  HAS_SHELL,
  async (t) => {
    const getent = await program(t, 'echo 192.0.2.1');
    const { inPool, asked } = stubPool();
    const { system, ask } = open(t, { getent, inPool });
    for (const host of ['-i', '--help', '', 'a b', 'a\nb', 'é']) system.lookup(host, () => {});
    assert.equal(asked.length, 6);
    for (const host of ['a', 'a-b.example', 'a_b', '_a']) {
      assert.equal(await ask(host), '192.0.2.1', host);
    }
  },
);

test('SystemLookup: uses the pool without getent', async (t) => {
  const { inPool, asked } = stubPool();
  const { ask } = open(t, { getent: '/no/such/program', inPool });
  const found = ask('h.example');
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  asked[0]?.answer(null, [{ address: '192.0.2.1', family: 4 }]);
  assert.equal(await found, '192.0.2.1');
});

test(
  'SystemLookup: fails when a process cannot be started for lack of files',
  HAS_SHELL,
  async (t) => {
    const getent = await program(t, 'exit 0');
    const { inPool, asked } = stubPool();
    const { ask } = open(t, { getent, inPool });
    const { ChildProcess } = await import('node:child_process');
    // What Node does after EMFILE: no streams, and an event later.
    t.mock.method(ChildProcess.prototype as never, 'spawn', function (this: EventEmitter) {
      process.nextTick(() =>
        this.emit('error', Object.assign(new Error('EMFILE'), { code: 'EMFILE' })),
      );
      return -24;
    } as never);
    assert.equal(await ask('h.example'), 'EMFILE');
    assert.equal(asked.length, 0, 'the pool would say that there is no such host');
  },
);

test('SystemLookup: runs two at a time in the pool, in order, without those given up', async (t) => {
  const { inPool, asked } = stubPool();
  const { system, ask } = open(t, { getent: undefined, inPool });
  const first = ask('a');
  void ask('b');
  const given = system.lookup('c', () => assert.fail('it was given up'));
  const last = ask('d');
  assert.deepEqual(
    asked.map(({ host }) => host),
    ['a', 'b'],
  );
  given[Symbol.dispose]();
  asked[0]?.answer(null, []);
  assert.equal(await first, '');
  assert.deepEqual(
    asked.map(({ host }) => host),
    ['a', 'b', 'd'],
  );
  asked[2]?.answer(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), undefined);
  assert.equal(await last, 'ENOTFOUND');
});

test('SystemLookup: runs 16 processes at a time', HAS_SHELL, async (t) => {
  const directory = await temporaryDirectory(t);
  const getent = await program(t, `echo x >> ${directory}/started; exec sleep 60`);
  const { system } = open(t, { getent });
  for (let i = 0; i < 20; i++) system.lookup(`h${i}`, () => {});
  const started = async () =>
    (await readFile(`${directory}/started`, 'utf8').catch(() => '')).length / 2;
  while ((await started()) < 16) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(await started(), 16);
});

for (const how of ['the look-up', 'all'] as const) {
  test(
    `SystemLookup: disposing of ${how} ends its process, without an answer`,
    HAS_SHELL,
    async (t) => {
      const directory = await temporaryDirectory(t);
      const getent = await program(
        t,
        `echo $$ > ${directory}/$2.new; mv ${directory}/$2.new ${directory}/$2; exec sleep 60`,
      );
      const { system } = open(t, { getent });
      const one = system.lookup('h', () => assert.fail('it was given up'));
      const path = join(directory, 'h');
      while (
        !(await access(path).then(
          () => true,
          () => false,
        ))
      )
        await new Promise((resolve) => setTimeout(resolve, 5));
      const pid = Number(await readFile(path, 'utf8'));
      (how === 'all' ? system : one)[Symbol.dispose]();
      const isAlive = () => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      };
      while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  );
}
