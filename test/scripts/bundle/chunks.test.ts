import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChunkingContext } from 'rolldown';
import { chunksOf, type Workers } from '../../../scripts/bundle/chunks.ts';

/** The static and the dynamic imports of each module. */
type Graph = Record<string, { imports?: string[]; lazily?: string[] }>;

/** The chunk of each module of a graph. */
function chunked(graph: Graph, workers: Workers) {
  const context = {
    getModuleInfo: (id: string) => ({
      importedIds: graph[id]?.imports ?? [],
      dynamicallyImportedIds: graph[id]?.lazily ?? [],
    }),
  } as unknown as ChunkingContext;
  const chunkOf = chunksOf('main', 'get', workers);
  return Object.fromEntries(Object.keys(graph).map((id) => [id, chunkOf(id, context)]));
}

test('chunksOf: the command line of all commands, what get needs beyond it, and the rest', () => {
  const graph = {
    main: { imports: ['parser', 'commands'] },
    parser: {},
    commands: { imports: ['parser', 'options'], lazily: ['get', 'serve'] },
    options: {},
    get: { imports: ['http', 'options'], lazily: ['cookies'] },
    serve: { imports: ['server'] },
    http: { imports: ['sockets'] },
    sockets: { imports: ['http'] },
    cookies: {},
    server: { imports: ['sockets'] },
  };
  const command = 'command';
  const download = 'download';
  assert.deepEqual(chunked(graph, {}), {
    main: command,
    parser: command,
    commands: command,
    options: command,
    get: download,
    serve: null,
    http: download,
    sockets: download,
    cookies: null,
    server: null,
  });
});

test('chunksOf: separate chunks for the threads of one part, and for code that several parts need', () => {
  const graph = {
    main: { imports: ['words'], lazily: ['get'] },
    get: { imports: ['database', 'files', 'naming'] },
    'writer-worker': { imports: ['database', 'schema'] },
    'reader-worker': { imports: ['database', 'words'] },
    'saver-worker': { imports: ['files', 'errors'] },
    database: { imports: ['errors'] },
    files: { imports: ['errors', 'words'] },
    errors: {},
    words: {},
    schema: {},
    naming: {},
  };
  const workers = { ledger: ['writer-worker', 'reader-worker'], save: ['saver-worker'] };
  const { database, files, errors, words, schema, naming } = chunked(graph, workers);
  assert.deepEqual(
    { database, files, naming },
    { database: 'ledger', files: 'save', naming: 'download' },
  );
  // Also modules of the command line: otherwise a thread would load all of them.
  assert.deepEqual({ errors, words }, { errors: 'shared', words: 'shared' });
  assert.equal(schema, null);
});
