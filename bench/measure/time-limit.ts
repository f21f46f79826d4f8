/** Time limit for a run, in whole seconds: ten times what a slow downloader needs. */
export function timeLimit(rows: number): number {
  return 60 + Math.ceil(rows / 500);
}
