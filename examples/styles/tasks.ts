// A task for each file. Each reads as if it were alone, and waits where it says `await`; a semaphore
// lets so many of them through at a time. The first failure cancels the others, and nothing is left
// behind when the group is.
import { currentTask, Semaphore, TaskGroup } from '../../src/concurrency/index.ts';
import { fetchFile } from './fetch-file.ts';
import { start } from './start.ts';

start(async (jobs, most) => {
  const semaphore = new Semaphore(most);
  await TaskGroup.run(async (group) => {
    for (const job of jobs) {
      group.createTask(async () => {
        using _permit = await semaphore.acquire();
        await fetchFile(job, currentTask()?.signal);
      });
    }
  });
  return undefined;
});
