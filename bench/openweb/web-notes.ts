/** Remarks on every race through the web. */
export const WEB_NOTES: readonly string[] = [
  'A good file is one whose host serves it. 50, 90 and 99 % are the times until that share of them had arrived; total ' +
    'is until the program ended, with every dead host given up.',
  'All have a connect timeout of 10 s and 3 tries for a file. flaghoist finds out by itself how many requests to send ' +
    'at a time, the others send 256.',
  'The servers run on the same cores.',
];

/** Remarks on its peers. */
export const PEER_NOTES: readonly string[] = [
  'wget2 has a thread for each request, which also waits for the name. Only its exit code shows that a file is missing.',
];
