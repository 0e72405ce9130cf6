import type { Signal } from '@preact/signals';
import type { AxisParts } from './axis-parts';
import type { Bar, Line } from './lines';

interface Keys extends AxisParts {
  readonly focused: Signal<string | null>;
}

/** Left and right along a line, up and down to the nearest bar of the next one. */
export function followKeys(event: KeyboardEvent, keys: Keys): void {
  if (event.key === 'Escape') return keys.select(null);
  const next = nextBar(event.key, keys);
  if (next === undefined) return;
  event.preventDefault();
  if (next === null) return;
  keys.focused.value = next.bar.id;
  bringIntoView(event.currentTarget as HTMLElement, next.line);
  const { shown, now } = keys;
  const span = shown.value;
  if (span === null || ((next.bar.to ?? now) >= span.from && next.bar.from <= span.to)) return;
  const width = span.to - span.from;
  shown.value = { from: next.bar.from - width / 10, to: next.bar.from + (width * 9) / 10 };
}

interface Found {
  readonly bar: Bar;
  readonly line: Line;
}

/** Undefined: the key is none of the axis. */
function nextBar(key: string, { lines, focused }: Keys): Found | null | undefined {
  const filled = lines.filter(({ bars }) => bars.length > 0);
  const row = filled.findIndex(({ bars }) => bars.some(({ id }) => id === focused.value));
  const line = filled[row];
  const at = line?.bars.findIndex(({ id }) => id === focused.value) ?? -1;
  const along = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (along !== undefined) return line?.bars[at + along] ? { line, bar: line.bars[at + along]! } : null;
  const rows = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: filled.length - 1 }[key];
  if (rows === undefined) return undefined;
  const target = filled[rows];
  if (target === undefined) return null;
  const from = line?.bars[at]?.from ?? 0;
  const bar = target.bars.reduce((best, one) => (Math.abs(one.from - from) < Math.abs(best.from - from) ? one : best));
  return { line: target, bar };
}

function bringIntoView(element: HTMLElement, { top, height }: Line): void {
  const at = element.getBoundingClientRect().top + top;
  if (at < 80) scrollBy(0, at - 80);
  else if (at + height > innerHeight - 40) scrollBy(0, at + height - innerHeight + 40);
}
