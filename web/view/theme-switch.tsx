import type { Choice } from './theme.ts';

const CHOICES: readonly (readonly [Choice, string])[] = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

interface Props {
  readonly choice: Choice;
  choose(choice: Choice): void;
}

export function ThemeSwitch({ choice, choose }: Props) {
  return (
    <fieldset class="theme-switch">
      <legend class="unseen">Colours</legend>
      {CHOICES.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            value={value}
            checked={choice === value}
            onChange={() => choose(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
