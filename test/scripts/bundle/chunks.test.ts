import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChunkingContext } from 'rolldown';
import { chunksOf } from '../../../scripts/bundle/chunks.ts';

/** What each module imports, and what it imports when it comes to it. */
type Graph = Record<string, { imports?: string[]; lazily?: string[] }>;

/** In which file each module of a graph is. */
function chunked(graph: Graph, workers: string[]) {
  const context = {
    getModuleInfo: (id: string) => ({
      importedIds: graph[id]?.imports ?? [],
      dynamicallyImportedIds: graph[id]?.lazily ?? [],
    }),
  } as unknown as ChunkingContext;
  const chunkOf = chunksOf('main', 'run-get', workers);
  return Object.fromEntries(Object.keys(graph).map((id) => [id, chunkOf(id, context)]));
}

test('chunksOf: the command line of all commands, what get needs beyond it, and the rest', () => {
  const graph = {
    main: { imports: ['parser'], lazily: ['get', 'serve'] },
    parser: {},
    get: { imports: ['parser', 'options'], lazily: ['run-get'] },
    serve: { lazily: ['server'] },
    options: {},
    'run-get': { imports: ['http', 'options'], lazily: ['cookies'] },
    http: { imports: ['sockets'] },
    sockets: { imports: ['http'] },
    cookies: {},
    server: { imports: ['sockets'] },
  };
  const command = 'command';
  const download = 'download';
  assert.deepEqual(chunked(graph, []), {
    main: command,
    parser: command,
    get: command,
    serve: command,
    options: command,
    'run-get': download,
    http: download,
    sockets: download,
    cookies: null,
    server: null,
  });
});

test('chunksOf: what threads need is apart, so that they load nothing else', () => {
  const graph = {
    main: { imports: ['errors'], lazily: ['get'] },
    get: { lazily: ['run-get'] },
    'run-get': { imports: ['database', 'http'] },
    'writer-worker': { imports: ['database', 'schema'] },
    database: { imports: ['errors'] },
    errors: {},
    schema: {},
    http: {},
  };
  const { database, errors, schema, http } = chunked(graph, ['writer-worker']);
  assert.deepEqual([database, errors, schema, http], ['shared', 'shared', null, 'download']);
});
