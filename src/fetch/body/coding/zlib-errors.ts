/** As `node:zlib` says that there is no end. */
export function cutShort(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}

/** As it says that what comes makes no sense. */
export function brokenData(message: string): Error {
  return Object.assign(new Error(message), { code: 'Z_DATA_ERROR' });
}
