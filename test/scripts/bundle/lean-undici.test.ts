import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Plugin, rolldown } from 'rolldown';
import { leanUndici } from '../../../scripts/bundle/lean-undici.ts';

/** What becomes of a program that imports `names` from undici. */
async function bundled(names: string) {
  const program: Plugin = {
    name: 'program',
    resolveId: (id) => (id === 'program' ? id : undefined),
    load: (id) => (id === 'program' ? `import { ${names} } from 'undici'; use(${names});` : null),
  };
  const bundle = await rolldown({
    input: 'program',
    platform: 'node',
    plugins: [program, leanUndici],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'cjs' });
  return output[0];
}

test('leanUndici leaves nothing of undici in but what speaks HTTP', async () => {
  const { moduleIds, code } = await bundled('Agent, buildConnector, errors');
  assert.ok(moduleIds.some((id) => id.endsWith('undici/lib/dispatcher/agent.js')));
  assert.deepEqual(
    moduleIds.filter((id) => /undici\/(index|lib\/(web|mock|milo|cache|interceptor))/.test(id)),
    [],
  );
  // It can still be had, from where undici is installed.
  assert.match(code, /require\("undici\/lib\/web\/fetch\/body\.js"\)/);
});

test('leanUndici has HTTP/2 loaded when a connection speaks it', async () => {
  const { code } = await bundled('Agent');
  assert.match(code, /const connectH2 = \(\.\.\.args\) => require_client_h2\(\)\(\.\.\.args\)/);
});

test('leanUndici fails the build over a name that it does not know', async () => {
  await assert.rejects(bundled('MockAgent'), /MockAgent/);
});
