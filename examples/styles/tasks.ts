// A task for each file. Its code reads as if it were alone, and waits at each `await`. A semaphore limits
// how many run at a time. The first failure cancels the others, and the group ends after all of them.
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
