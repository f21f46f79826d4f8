import { formatBytes, formatCount, formatTime } from '../../src/report/amounts.ts';
import type { ComparePage } from '../../src/report/comparison.ts';
import { memoryOfOne, speedUp } from '../../src/report/comparison.ts';

/** What each style took. The numbers are those of the command. */
export function CompareTable({ page }: { readonly page: ComparePage }) {
  const most = Math.max(...page.styles.map((style) => speedUp(page, style)));
  const refused = page.styles.filter(({ refusal }) => refusal !== undefined);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="scroll-x" tabIndex={0} aria-label="The styles side by side">
        <table class="compare">
          <thead>
            <tr>
              <th scope="col">Style</th>
              <th scope="col" class="number">
                At once
              </th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col" class="number">
                Speed-up
              </th>
              <th scope="col" class="number">
                CPU
              </th>
              <th scope="col" class="number">
                Memory
              </th>
              <th scope="col" class="number">
                For each that waits
              </th>
            </tr>
          </thead>
          <tbody>
            {page.styles.map((style) => {
              const each = memoryOfOne(style);
              const factor = speedUp(page, style);
              return (
                <tr key={`${style.style} ${style.asked}`}>
                  <th scope="row">{style.style}</th>
                  <td class="number">
                    {formatCount(style.most)}
                    {style.refusal !== undefined && '*'}
                  </td>
                  <td class="number">{formatTime(style.elapsed)}</td>
                  <td class="number speed-up">
                    <span class="meter" aria-hidden="true">
                      <span data-phase="body" style={{ width: `${(factor / most) * 100}%` }} />
                    </span>
                    <span class="factor">{factor.toFixed(1)} ×</span>
                  </td>
                  <td class="number">{formatTime(style.cpu)}</td>
                  <td class="number">{formatBytes(style.memory.peak)}</td>
                  <td class="number">{each === undefined ? '-' : formatBytes(Math.round(each))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {refused.map(({ style, asked, most: there, refusal }) => (
        <p key={`${style} ${asked}`} class="note">
          * {style}: of {formatCount(asked)}, the machine said no after {formatCount(there)}:{' '}
          {refusal}
        </p>
      ))}
    </>
  );
}
