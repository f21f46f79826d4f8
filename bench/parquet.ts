// How fast rows come out of a Parquet list, and the memory of the process that reads them.
//
//     npm run bench:parquet [-- ROWS [FILE]]
//
// It writes a list of ROWS and one of a hundredth of them, unless FILE names one, and reads each in a
// process of its own: the URL alone, and all columns.
import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { readList } from '../src/source/read-list.ts';

/** Rows of a row group, as Arrow's readers like them. */
const ROWS_OF_GROUP = 100_000;

/** What the process that reads prints. */
interface Reading {
  readonly rows: number;
  readonly seconds: number;
  /** The most memory that the process had, in MB. */
  readonly resident: number;
}

const [first = '10000000', second] = process.argv.slice(2);
if (first === '--read') await read(second ?? '', process.argv[4]?.split(',').filter(Boolean));
else await compare(Number(first), second);

async function compare(rows: number, given: string | undefined): Promise<void> {
  if (!(rows >= 100)) throw new Error('ROWS is a number of 100 or more');
  const folder = mkdtempSync(join(tmpdir(), 'flaghoist-parquet-'));
  process.stdout.write('rows        MB  columns     rows/s  resident\n');
  try {
    const paths = given === undefined ? [rows / 100, rows].map((n) => written(folder, n)) : [given];
    for (const path of paths) {
      for (const columns of ['', 'id,caption']) await report(path, columns);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function report(path: string, columns: string): Promise<void> {
  const args = [import.meta.filename, '--read', path, columns];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { rows, seconds, resident }: Reading = JSON.parse(stdout);
  const parts = [
    String(rows).padEnd(8),
    (statSync(path).size / 1e6).toFixed(0).padStart(5),
    ` ${columns === '' ? 'url' : 'all'}`.padEnd(8),
    Math.round(rows / seconds)
      .toString()
      .padStart(9),
    `${Math.round(resident)} MB`.padStart(8),
  ];
  process.stdout.write(`${parts.join('  ')}\n`);
}

async function read(path: string, columns: readonly string[] = []): Promise<void> {
  const begun = performance.now();
  let rows = 0;
  const batches = readList({ path, columns }).batches();
  for (let batch = await batches.next(); !batch.done; batch = await batches.next()) {
    for (const _ of batch.value) rows++;
  }
  const seconds = (performance.now() - begun) / 1000;
  const resident = process.resourceUsage().maxRSS / 1000;
  process.stdout.write(JSON.stringify({ rows, seconds, resident } satisfies Reading));
}

/** Writes a list of URLs of 5,000 hosts, with an id and a caption. @returns its path */
function written(folder: string, rows: number): string {
  const path = join(folder, `${rows}.parquet`);
  const descriptor = openSync(path, 'w');
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'url', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'id', type: 'INT32', repetition_type: 'OPTIONAL' },
      { name: 'caption', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
  });
  const flush = (): void => {
    writeSync(descriptor, writer.getBytes());
    writer.index = 0;
  };
  for (let from = 0; from < rows; from += ROWS_OF_GROUP) {
    const ids = Array.from({ length: Math.min(ROWS_OF_GROUP, rows - from) }, (_, i) => from + i);
    const url = (id: number) =>
      `https://cdn${id % 5_000}.example.com/images/photo-${id}.jpg?width=1024`;
    const caption = (id: number) => `Caption ${(id * 7_919) % 10_000_019} of a picture`;
    const columnData = [
      { name: 'url', data: ids.map(url) },
      { name: 'id', data: ids },
      { name: 'caption', data: ids.map(caption) },
    ];
    file.write({ columnData, rowGroupSize: ROWS_OF_GROUP });
    flush();
  }
  file.finish();
  flush();
  closeSync(descriptor);
  return path;
}
