import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { IMAGE_HEAD, imageType } from '../report/page/image-type.ts';
import { openSaved } from '../save/files/directories.ts';
import { HEADERS, NO_PAGE_POLICY } from './headers.ts';

/**
 * Answers with a file of the run, if it is a picture.
 * @param path relative to the directory; undefined for a row that has no file
 * @returns false when there is no such picture, and nothing has been answered
 */
export async function sendPicture(
  response: ServerResponse,
  directory: string,
  path: string | undefined,
): Promise<boolean> {
  const file = path === undefined ? undefined : await openSaved(directory, path);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(IMAGE_HEAD), { position: 0 });
    const type = imageType(buffer.subarray(0, bytesRead));
    if (type === undefined) return false;
    response.writeHead(200, {
      ...HEADERS,
      'content-security-policy': NO_PAGE_POLICY,
      'content-type': type,
      'content-length': size,
    });
    if (response.req.method === 'HEAD') response.end();
    else {
      const contents = file.createReadStream({ start: 0, end: size - 1, autoClose: false });
      // The viewer has closed the connection.
      await pipeline(contents, response).catch(() => response.destroy());
    }
    return true;
  } finally {
    await file.close();
  }
}
