import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address, setQuery } from '../address/address';

/** On a narrow screen folded behind a button that says how many are set. */
export function Filters({ names, children }: { names: readonly string[]; children: ComponentChildren }) {
  const open = useSignal(false);
  const set = names.filter((name) => address.value.query.has(name)).length;
  return (
    <>
      <button
        type="button"
        class="button fold"
        aria-expanded={open.value}
        aria-controls="filters"
        onClick={() => (open.value = !open.value)}
      >
        {open.value ? 'Fold the filters' : 'Filter'} {set > 0 && <b>{set}</b>}
      </button>
      <div id="filters" class={open.value ? 'chips open' : 'chips'}>
        {children}
      </div>
    </>
  );
}

interface Field {
  /** In the address. */
  readonly name: string;
  readonly label: string;
  /** What is meant where the address says nothing. */
  readonly fallback?: string;
}

/** Takes effect when typing pauses. */
export function useTyped(given: string, change: (text: string) => void) {
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  useEffect(() => {
    if (text === given) return;
    const pause = setTimeout(() => change(text), 250);
    return () => clearTimeout(pause);
  }, [text]);
  return { value: text, onInput: (event: Event) => setText((event.currentTarget as HTMLInputElement).value) };
}

function useField({ name, fallback = '' }: Omit<Field, 'label'>) {
  const given = address.value.query.get(name) ?? fallback;
  return useTyped(given, (text) => setQuery({ [name]: text === fallback ? null : text }));
}

export function TextFilter({ label, ...field }: Field) {
  return (
    <label class="chip">
      {label}
      <input type="search" {...useField(field)} />
    </label>
  );
}

export function MonthFilter({ label, ...field }: Field) {
  return (
    <label class="chip">
      {label}
      <input type="month" {...useField(field)} />
    </label>
  );
}

/** Both days are included. */
export function DaysFilter({ from, to }: { from: string; to: string }) {
  return (
    <span class="chip days">
      <label>
        From <input type="date" {...useField({ name: 'from', fallback: from })} />
      </label>
      <label>
        to <input type="date" {...useField({ name: 'to', fallback: to })} />
      </label>
    </span>
  );
}

interface Choice extends Field {
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
