import { formatCount } from '../../src/report/amounts.ts';
import type { ShardsNow } from '../../src/report/page/page-data.ts';

const PARTS = [
  ['done', 'done', 'ok'],
  ['active', 'in the hands of workers', 'skipped'],
  ['failed', 'given up', 'failed'],
  ['waiting', 'waiting', 'left'],
] as const;

/** How far the shards of a plan are. */
export function ShardsBar({ shards }: { readonly shards: ShardsNow }) {
  const parts = PARTS.filter(([key]) => shards[key] > 0);
  const all = PARTS.reduce((sum, [key]) => sum + shards[key], 0);
  return (
    <section id="shards" aria-labelledby="shards-title">
      <h2 id="shards-title">Shards</h2>
      <div class="totals-bar" aria-hidden="true">
        {parts.map(([key, , mark]) => (
          <span key={key} data-status={mark} style={{ flexGrow: shards[key], minWidth: '3px' }} />
        ))}
      </div>
      <p class="sum">
        {parts.map(([key, label]) => `${formatCount(shards[key])} ${label}`).join(', ')}
        {parts.length > 1 && `; ${formatCount(all)} in all`}
      </p>
      {shards.failed > 0 && (
        <p class="note">
          Workers had died over each shard that was given up. flaghoist retry takes them up again.
        </p>
      )}
    </section>
  );
}
