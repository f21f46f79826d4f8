/** What a reader must know of every race through the web. */
export const WEB_NOTES: readonly string[] = [
  'A good file is one that can be had. 50, 90 and 99 % are times until so many of them were there; total is until ' +
    'the program ended, with every dead host given up.',
  'All have a connect timeout of 10 s and 3 tries for a file. flaghoist finds out by itself how many requests to send ' +
    'at a time, the others send 256.',
  'The servers run on the same cores.',
];

/** Of the peers that take part in it. */
export const PEER_NOTES: readonly string[] = [
  'wget2 has a thread for each request, which waits for the name too. Only its exit code tells that a file is missing.',
];
