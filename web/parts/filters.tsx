import { useEffect, useState } from 'preact/hooks';
import { address, setQuery } from '../address/address';

interface Field {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  readonly type?: 'search' | 'date' | 'month';
  /** What is meant where the address says nothing. */
  readonly fallback?: string;
}

/** Takes effect when typing pauses. */
export function TextFilter({ name, label, type = 'search', fallback = '' }: Field) {
  const given = address.value.query.get(name) ?? fallback;
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text === given) return;
    const pause = setTimeout(() => setQuery({ [name]: text === fallback ? null : text }), 250);
    return () => clearTimeout(pause);
  }, [text]);
  const input = { value: text, onInput: (event: Event) => setText((event.currentTarget as HTMLInputElement).value) };
  return (
    <label class="chip">
      {label}
      {type === 'search' ? <input type="search" {...input} /> : <input type={type} {...input} />}
    </label>
  );
}

interface Choice extends Omit<Field, 'type'> {
  /** Value and words. */
  readonly options: readonly (readonly [string, string])[];
}

export function ChoiceFilter({ name, label, fallback = '', options }: Choice) {
  const value = address.value.query.get(name) ?? fallback;
  const known = options.some(([one]) => one === value) ? options : [...options, [value, value] as const];
  return (
    <label class="chip">
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) =>
          setQuery({ [name]: currentTarget.value === fallback ? null : currentTarget.value })
        }
      >
        {known.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ClearFilters({ names }: { names: readonly string[] }) {
  return (
    <button type="button" class="link" onClick={() => setQuery(Object.fromEntries(names.map((name) => [name, null])))}>
      Clear the filters
    </button>
  );
}
