// What tasks, limits and waits cost here and elsewhere, side by side in one run.
//
//     npm run bench:concurrency
//
// One after the other, or each would measure the others too.
await import('./limit.ts');
await import('./tasks.ts');
await import('./memory.ts');

export {};
