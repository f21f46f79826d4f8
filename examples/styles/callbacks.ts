// Each step is a callback of the one before. As fast as tasks, with as little memory. But the order of the
// steps is in the nesting, each step has to check for errors itself, and cancelling the others after a
// failure would take more code.
import { rename, writeFile } from 'node:fs';
import { get } from 'node:http';
import { agent, check } from './fetch-file.ts';
import { start } from './start.ts';

start((jobs, most) => {
  return new Promise((resolve, reject) => {
    let next = 0;
    let left = jobs.length;

    function startNext(): void {
      const job = jobs[next++];
      if (job === undefined) return;
      job.times.began = performance.now();
      const request = get(job.url, { agent }, (response) => {
        job.times.answered = performance.now();
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          try {
            check(job, response, body);
          } catch (error) {
            reject(error);
            return;
          }
          writeFile(`${job.path}.part`, body, (writeError) => {
            if (writeError !== null) {
              reject(writeError);
              return;
            }
            rename(`${job.path}.part`, job.path, (renameError) => {
              if (renameError !== null) {
                reject(renameError);
                return;
              }
              job.times.saved = performance.now();
              left--;
              if (left === 0) resolve(undefined);
              else startNext();
            });
          });
        });
      });
      request.on('error', reject);
    }

    for (let i = 0; i < most; i++) startNext();
  });
});
