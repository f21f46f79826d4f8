import { STATUSES, type Status } from '../../src/model/outcome.ts';
import { formatCount } from '../../src/report/amounts.ts';
import type { Choice, Facets } from '../model/facets.ts';
import { type Filter, isEmpty, NO_FILTER } from '../model/filter.ts';
import { StatusMark } from './status-mark.tsx';

interface Props {
  readonly filter: Filter;
  readonly facets: Facets;
  change(filter: Filter): void;
}

/** With more choices than this, only those that match the typed text are listed. */
const MOST_CHOICES = 300;

export function FilterBar({ filter, facets, change }: Props) {
  const toggle = (status: Status) => {
    const { statuses } = filter;
    const others = statuses.filter((other) => other !== status);
    change({ ...filter, statuses: others.length < statuses.length ? others : [...others, status] });
  };
  return (
    <search class="filter-bar">
      <fieldset>
        <legend class="unseen">Status</legend>
        {STATUSES.map((status) => (
          <label key={status} class={facets.statuses.has(status) ? 'chip' : 'chip unused'}>
            <input
              type="checkbox"
              checked={filter.statuses.includes(status)}
              onChange={() => toggle(status)}
            />
            <StatusMark status={status} />
            <span class="count">{formatCount(facets.statuses.get(status) ?? 0)}</span>
          </label>
        ))}
      </fieldset>
      <Select
        label="Reason"
        any="any reason"
        value={filter.reason}
        choices={facets.reasons}
        change={(reason) => change({ ...filter, reason })}
      />
      <Select
        label="Host"
        any="any host"
        value={filter.host}
        choices={facets.hosts}
        change={(host) => change({ ...filter, host })}
      />
      <label class="field">
        <span>Text</span>
        <input
          type="search"
          placeholder="in URL or message"
          value={filter.text}
          onInput={({ currentTarget }) => change({ ...filter, text: currentTarget.value })}
        />
      </label>
      <button type="button" disabled={isEmpty(filter)} onClick={() => change(NO_FILTER)}>
        All files
      </button>
    </search>
  );
}

interface SelectProps {
  readonly label: string;
  readonly any: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  change(value: string): void;
}

function Select({ label, any, value, choices, change }: SelectProps) {
  const offered = choices.slice(0, MOST_CHOICES);
  const isMissing = value !== '' && !offered.some((choice) => choice.value === value);
  const others = choices.length - offered.length;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
        <option value="">{any}</option>
        {isMissing && <option value={value}>{value}</option>}
        {offered
          .filter((choice) => choice.value !== '')
          .map((choice) => (
            <option key={choice.value} value={choice.value}>
              {`${choice.value} (${formatCount(choice.rows)})`}
            </option>
          ))}
        {others > 0 && <option disabled>{`${formatCount(others)} more: type into Text`}</option>}
      </select>
    </label>
  );
}
