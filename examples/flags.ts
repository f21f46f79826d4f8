// Downloads the flags of the 20 most populous countries, all at once, and prints each country's code as
// soon as its flag has been saved. Start a server first: `npx flaghoist serve LOCAL`.
import { mkdir, writeFile } from 'node:fs/promises';
import { asCompleted, createTask, currentTask, run } from '../src/concurrency/index.ts';

const COUNTRIES = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR'.split(' ');
const SITE = process.argv[2] ?? 'http://localhost:8001/flags';

/** Downloads one flag. @returns the country's code */
async function downloadOne(code: string): Promise<string> {
  const cc = code.toLowerCase();
  const url = `${SITE}/${cc}/${cc}.gif`;
  const response = await fetch(url, { signal: currentTask()?.signal ?? null });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  await writeFile(`downloads/${cc}.gif`, await response.bytes());
  return code;
}

async function downloadMany(codes: readonly string[]): Promise<number> {
  await mkdir('downloads', { recursive: true });
  const tasks = codes.map((code) => createTask(() => downloadOne(code)));
  let downloaded = 0;
  for (const future of asCompleted(tasks)) {
    try {
      process.stdout.write(`${await future} `);
      downloaded++;
    } catch (error) {
      // One failure ends neither the loop nor the other downloads.
      console.error(`\n${(error as Error).message}`);
    }
  }
  return downloaded;
}

const startedAt = performance.now();
const count = await run(() => downloadMany(COUNTRIES));
console.log(
  `\n${count} flags downloaded in ${((performance.now() - startedAt) / 1000).toFixed(2)}s`,
);
