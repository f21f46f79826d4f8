import { formatCount } from '../../src/report/amounts.ts';
import type { RunState } from '../../src/report/page/page-data.ts';
import type { Filter } from '../model/filter.ts';
import { retryCommand } from '../model/retry-command.ts';
import { CopyButton } from './copy-button.tsx';

interface Props {
  readonly state: RunState;
  readonly filter: Filter;
  /** How many of the rows that the filter leaves are not done. */
  readonly rows: number;
}

/** The command that retries the rows which are shown. */
export function Retry({ state, filter, rows }: Props) {
  if (rows === 0) {
    return <p class="retry none">None of these files has to be tried again.</p>;
  }
  const { command, note } = retryCommand(state.directory, filter);
  return (
    <div class="retry">
      {command !== undefined && (
        <>
          <label for="retry-command">
            Try the {rows === 1 ? 'missing file' : `${formatCount(rows)} missing files`} again:
          </label>
          <textarea
            id="retry-command"
            readOnly
            rows={1}
            spellcheck={false}
            value={command}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <CopyButton text={command} label="Copy" />
        </>
      )}
      {note !== undefined && <p class="note">{note}</p>}
      {state.leftOut !== undefined && (
        <p class="note">It also tries the files that are not on this page.</p>
      )}
    </div>
  );
}
