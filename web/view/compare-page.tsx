import { useState } from 'preact/hooks';
import { formatCount, formatTime } from '../../src/report/amounts.ts';
import type { ComparePage as Page } from '../../src/report/comparison.ts';
import { formatDuration } from '../model/durations.ts';
import { CompareTable } from './compare-table.tsx';
import { Masthead } from './masthead.tsx';
import { StyleWaterfall } from './style-waterfall.tsx';
import { useTheme } from './theme.ts';

const LINKS = [
  ['table', 'Side by side'],
  ['waterfalls', 'Waterfalls'],
] as const;

/** The same downloads in several styles. */
export function ComparePage({ page }: { readonly page: Page }) {
  const theme = useTheme();
  const longest = Math.max(1, ...page.styles.map(({ elapsed }) => elapsed));
  const [until, setUntil] = useState(longest);
  const title = `${formatCount(page.requests)} requests, each answered after ${formatDuration(page.delay)}`;
  return (
    <>
      <Masthead kind="compare" title={title} theme={theme} links={LINKS} />
      <main>
        <section id="table" aria-labelledby="table-title">
          <h2 id="table-title">Side by side</h2>
          <CompareTable page={page} />
        </section>
        <section id="waterfalls" aria-labelledby="waterfalls-title">
          <h2 id="waterfalls-title">One below the other, on one time axis</h2>
          <div class="compare-tools">
            <label class="field">
              <span>The axis ends with</span>
              <select
                value={until}
                onChange={({ currentTarget }) => setUntil(Number(currentTarget.value))}
              >
                {page.styles
                  .toSorted((a, b) => b.elapsed - a.elapsed)
                  .map(({ style, elapsed, asked }) => (
                    <option key={`${style} ${asked}`} value={elapsed}>
                      {`${style}, ${formatCount(asked)} at once: ${formatTime(elapsed)}`}
                    </option>
                  ))}
              </select>
            </label>
            <ul class="legend">
              <li data-phase="wait">
                <span class="swatch" aria-hidden="true" /> began, until answered
              </li>
              <li data-phase="body">
                <span class="swatch" aria-hidden="true" /> answered, until saved
              </li>
            </ul>
          </div>
          {page.styles.map((style) => (
            <StyleWaterfall
              key={`${style.style} ${style.asked}`}
              style={style}
              until={until}
              theme={theme.seen}
            />
          ))}
        </section>
      </main>
      <footer>Made by flaghoist. Nothing on this page is loaded from elsewhere.</footer>
    </>
  );
}
