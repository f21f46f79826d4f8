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
      <h3 id="pictures-title">Pictures</h3>
      <p class="seen">
        {seen.length < pictures.length
          ? `${formatCount(seen.length)} of ${formatCount(pictures.length)} pictures`
          : `${formatCount(pictures.length)} ${pictures.length === 1 ? 'picture' : 'pictures'}`}
        {without > 0 && `; ${formatCount(without)} more are in the directory, but not in this file`}
      </p>
      <ul class="gallery">
        {seen.map(({ row, src, caption }) => (
          <Figure key={row} src={src} caption={caption} />
        ))}
      </ul>
      {seen.length < pictures.length && (
        <button type="button" onClick={() => setMost(most + PAGE)}>
          Show {formatCount(Math.min(PAGE, pictures.length - most))} more
        </button>
      )}
    </section>
  );
}

function Figure({ src, caption }: { readonly src: string; readonly caption: string }) {
  const [isBroken, setBroken] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another source deserves another try
  useEffect(() => setBroken(false), [src]);
  return (
    <li>
      <figure>
        {isBroken ? (
          <span class="broken">no picture that this browser can show</span>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveElementInteractions: only to say that it failed
          <img src={src} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
        )}
        <figcaption>{caption}</figcaption>
      </figure>
    </li>
  );
}
