import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { download } from '../../src/download.ts';
import type { DownloadOptions } from '../../src/download-options.ts';
import type { Row } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { serveHttp } from './tiny-server.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A run that has ended. */
interface EndedRun {
  /** In the order of the list, as are `endings`. */
  readonly outcomes: readonly Outcome[];
  /** The reason of each row, or its status where it has none. */
  readonly endings: readonly string[];
  /** The paths that were requested, sorted. */
  readonly requests: readonly string[];
}

/** Runs that save into one directory, with a ledger. */
export interface DownloadRuns {
  readonly directory: string;
  /** How the server answers requests for a path; with the path itself where there is no entry. */
  readonly answers: Map<string, Answer>;
  /** The paths that the run under way has requested. */
  readonly requests: readonly string[];
  url(path: string): string;
  start(
    rows: Iterable<Row> | AsyncIterable<Row>,
    options?: Partial<DownloadOptions>,
  ): ReturnType<typeof download>;
  run(rows: readonly Row[], options?: Partial<DownloadOptions>): Promise<EndedRun>;
  /** The names in the directory, apart from the ledger's folder. */
  list(): Promise<string[]>;
  read(name: string): Promise<string>;
}

/**
 * Sets up a directory, and a server that runs in that directory download from.
 * @param optionsOf returns where the runs save to
 */
export async function downloadRuns(
  t: TestContext,
  optionsOf: (directory: string) => DownloadOptions = (directory) => ({ directory }),
): Promise<DownloadRuns> {
  const directory = await temporaryDirectory(t);
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const server = await serveHttp(t, (request, response) => {
    const { url: path = '' } = request;
    requests.push(path);
    const answer = answers.get(path);
    if (answer === undefined) response.end(path);
    else answer(response, request);
  });
  const start: DownloadRuns['start'] = (rows, options) =>
    download(rows, { ...optionsOf(directory), ledger: true, retryMaxWait: 0, ...options });
  return {
    ...{ directory, answers, requests, start },
    url: (path) => server.url + path,
    async run(rows, options) {
      requests.length = 0;
      const outcomes = await Array.fromAsync(start(rows, options));
      outcomes.sort((a, b) => a.item.index - b.item.index);
      const endings = outcomes.map(({ status, reason }) => reason ?? status);
      return { outcomes, endings, requests: requests.toSorted() };
    },
    list: async () => (await readdir(directory)).filter((name) => name !== '.flaghoist').sort(),
    read: (name) => readFile(join(directory, name), 'utf8'),
  };
}
