// One file after another: the simplest code, and nothing else happens while it waits.
import { fetchFile } from './fetch-file.ts';
import { start } from './start.ts';

start(async (jobs) => {
  for (const job of jobs) await fetchFile(job);
  return undefined;
});
