import type { Status } from '../../src/model/outcome.ts';

const STATUS_LABELS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  skipped: 'skipped',
  'not-found': 'not found',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Shapes tell the marks apart without their colours. */
const SHAPES: Readonly<Record<Status, string>> = {
  ok: 'M3 8.5 6.5 12 13 4.5',
  skipped: 'M3.5 4 8 8l-4.5 4M9 4l4.5 4L9 12',
  'not-found': 'M5 6a3 3 0 1 1 4.2 2.8C8.3 9.2 8 9.6 8 10.4M8 13v.3',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M4 8h8',
};

interface Props {
  readonly status: Status;
  /** What stands beside the mark; the status when left out. */
  readonly label?: string | undefined;
}

export function StatusMark({ status, label }: Props) {
  return (
    <span class="status-mark" data-status={status}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[status]} />
      </svg>
      <span>{label ?? STATUS_LABELS[status]}</span>
    </span>
  );
}
