import { useEffect, useState } from 'preact/hooks';
import { formatCount } from '../../src/report/amounts.ts';
import type { ShownPicture } from '../model/pictures.ts';

interface Props {
  readonly pictures: readonly ShownPicture[];
  /** Rows among those to be seen that have a picture which this page has not. */
  readonly without: number;
}

/** So many are added at a time: thousands at once would hold the page up. */
const PAGE = 120;

export function Gallery({ pictures, without }: Props) {
  const [most, setMost] = useState(PAGE);
  const seen = pictures.slice(0, most);
  return (
    <section id="pictures" aria-labelledby="pictures-title">
      <h2 id="pictures-title">Pictures</h2>
      <p class="seen">{said(seen.length, pictures.length, without)}</p>
      {seen.length > 0 && (
        <ul class="gallery">
          {seen.map(({ row, src, caption }) => (
            <Figure key={row} src={src} caption={caption} />
          ))}
        </ul>
      )}
      {seen.length < pictures.length && (
        <button type="button" onClick={() => setMost(most + PAGE)}>
          Show {formatCount(Math.min(PAGE, pictures.length - most))} more
        </button>
      )}
    </section>
  );
}

function said(seen: number, all: number, without: number): string {
  const files = `${formatCount(without)} ${without === 1 ? 'picture is' : 'pictures are'}`;
  if (all === 0) return `${files} in the directory; this file has none of them.`;
  const some = seen < all ? `${formatCount(seen)} of ${formatCount(all)}` : formatCount(all);
  const more = without === 0 ? '' : `; ${files} in the directory, but not in this file`;
  return `${some} ${all === 1 ? 'picture' : 'pictures'}${more}`;
}

function Figure({ src, caption }: { readonly src: string; readonly caption: string }) {
  const [isBroken, setBroken] = useState(false);
  // Another source deserves another try.
  useEffect(() => setBroken(false), [src]);
  return (
    <li>
      <figure>
        {isBroken ? (
          <span class="broken">it did not come, or is no picture that this browser can show</span>
        ) : (
          <img src={src} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
        )}
        <figcaption>{caption}</figcaption>
      </figure>
    </li>
  );
}
