/** Whole seconds that a run of so many rows may take: ten times what a slow downloader needs. */
export function timeLimit(rows: number): number {
  return 60 + Math.ceil(rows / 500);
}
