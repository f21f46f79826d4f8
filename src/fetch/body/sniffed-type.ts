/** How many bytes of a file are looked at: what file-type needs for its archives. */
export const SAMPLE_SIZE = 4100;

/** The beginning of a page (WHATWG MIME Sniffing, section 7.1), as far as no other text begins so. */
const PAGE = /^\s*(?:<!doctype html|<html|<head)[\s>]/i;

/** Bytes that no text has (WHATWG MIME Sniffing, section 3). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** Types whose files are never text; some pictures and playlists are. */
const NEVER_TEXT =
  /^(?:image|audio|video|font)\/(?!svg|.*(?:portable|bitmap|pixmap|mpegurl|scpls))/;

/** Names of the same type. */
const SAME: readonly RegExp[] = [
  /^image\/(?:x-icon|vnd\.microsoft\.icon|ico)$/,
  /^image\/(?:jpe?g|pjpeg)$/,
  /^image\/(?:a?png|x-png|vnd\.mozilla\.apng)$/,
  /^image\/(?:bmp|x-bmp|x-ms-bmp)$/,
  /^audio\/(?:wav|wave|x-wav|vnd\.wave)$/,
  /^audio\/(?:mpeg|mp3|x-mp3|mpeg3)$/,
  /^audio\/(?:flac|x-flac)$/,
  /^audio\/(?:aac|x-aac|aacp)$/,
  /^application\/(?:gzip|x-gzip|x-tar|x-tgz|x-gtar)$/,
  /^application\/(?:zip|x-zip|x-zip-compressed)$/,
  /^application\/(?:xml|rss\+xml|atom\+xml)$|^text\/xml$|^image\/svg\+xml$/,
  /^(?:text\/html|application\/xhtml\+xml)$/,
  /^(?:application|font)\/(?:x-)?(?:font-)?(?:woff2?|ttf|otf|truetype|opentype|sfnt|collection)/,
  // The container tells; what is in it does not show in the first bytes.
  /^(?:audio|video|application)\/.*(?:mp4|m4[av]|ogg|webm|matroska|asf|wm[av]|quicktime|3gpp|mpeg|avi|msvideo)/,
  /^image\/(?:hei[cf](?:-sequence)?|avif(?:-sequence)?)$/,
  // Raw pictures of cameras are TIFF files.
  /^image\/(?:tiff|x-.*)$/,
];

/** Formats that other types are packed in: documents are zip files, and anything may be compressed. */
const PACKED = /^application\/(?:zip|gzip|x-cfb|xml|zstd)$/;

/**
 * What the first bytes of a file say about its type.
 * @param stated the media type that the server says, in lower case, without parameters; '' for none
 * @returns a media type; undefined when the bytes do not show it
 */
export async function sniffedType(sample: Uint8Array, stated: string): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import('file-type');
  // A damaged file of some formats makes it throw: then the bytes do not show the type.
  const found = await fileTypeFromBuffer(sample).catch(() => undefined);
  if (found !== undefined && found.mime !== 'application/xml') return found.mime.split(';', 1)[0];
  const text = Buffer.from(sample).toString('latin1');
  if (PAGE.test(text)) return 'text/html';
  if (/^\s*</.test(text) && /<svg[\s>]/i.test(text)) return 'image/svg+xml';
  if (found !== undefined) return found.mime;
  const isText = text !== '' && !BINARY.test(text);
  return isText && NEVER_TEXT.test(stated) ? 'text/plain' : undefined;
}

/** Whether a file of the `stated` type may have the `found` one by its first bytes. */
export function agrees(found: string, stated: string): boolean {
  if (found === stated || SAME.some((names) => names.test(found) && names.test(stated)))
    return true;
  return PACKED.test(found) && !NEVER_TEXT.test(stated);
}
