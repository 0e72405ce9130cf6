import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useVisiblePart } from '../parts/visible-rows';
import { offset } from '../words/calendar';
import { time } from '../words/times';
import { zone } from '../words/zone';
import type { AxisParts } from './axis-parts';
import { AxisLine } from './axis-line';
import { followKeys } from './keys';
import { followPointer } from './pointer';
import { type Span, ticks } from './span';

export function Axis(parts: AxisParts) {
  const { lines, whole, shown, now, selected } = parts;
  const span = shown.value ?? whole;
  const width = useSignal(0);
  const focused = useSignal<string | null>(null);
  const height = lines.length === 0 ? 0 : lines.at(-1)!.top + lines.at(-1)!.height;
  const { ref, top, bottom } = useVisiblePart<HTMLDivElement>(height);
  const newest = useRef(parts);
  newest.current = parts;
  usePlot(ref, width, newest);
  useFocus(ref, focused.value);
  const visible = lines.filter((line) => line.top + line.height >= top && line.top <= bottom);
  const ids = new Set(visible.flatMap(({ bars }) => bars.map(({ id }) => id)));
  const tabbable = [focused.value, selected].find((id) => id !== null && ids.has(id)) ?? [...ids][0] ?? null;
  const drawn = { span, width: width.value, now, selected, tabbable };
  return (
    <section class="card axis" aria-label="Time axis: arrow keys move between bars, Enter shows details">
      <Ruler span={span} width={width.value} />
      <div
        ref={ref}
        class="lines"
        style={{ height: `${height}px` }}
        onKeyDown={(event) => followKeys(event, { ...parts, focused })}
        onFocusIn={(event) => (focused.value = (event.target as HTMLElement).dataset['id'] ?? null)}
      >
        <Grid span={span} width={width.value} />
        {visible.map((line) => (
          <AxisLine key={line.key} line={line} {...drawn} />
        ))}
      </div>
    </section>
  );
}

function usePlot(ref: { current: HTMLElement | null }, width: Signal<number>, newest: { current: AxisParts }): void {
  useLayoutEffect(() => {
    const element = ref.current!;
    const measure = (): void => {
      const label = parseFloat(getComputedStyle(element).getPropertyValue('--label'));
      width.value = element.clientWidth - label;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const end = followPointer(element, { width, newest });
    return () => {
      observer.disconnect();
      end();
    };
  }, []);
}

/** Once the line of the bar is drawn. */
function useFocus(ref: { current: HTMLElement | null }, id: string | null): void {
  useLayoutEffect(() => {
    if (id === null || !ref.current?.contains(document.activeElement)) return;
    const bar = ref.current.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    if (bar && bar !== document.activeElement) bar.focus({ preventScroll: true });
  });
}

function marks(span: Span, width: number) {
  const name = zone.value;
  const [sign = '+', hours = '0', minutes = '0'] = offset(name, span.from).match(/[+-]|\d+/g) ?? [];
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const { step, at } = ticks(span, 90 / Math.max(1, width), offsetMs);
  const form = step >= 86_400_000 ? 'short day' : step < 60_000 ? 'clock' : 'minute';
  return at.map((tick) => ({ tick, x: ((tick - span.from) / (span.to - span.from)) * width, words: time(tick, form) }));
}

function Ruler({ span, width }: { span: Span; width: number }) {
  return (
    <div class="ruler" aria-hidden="true">
      {marks(span, width).map(({ tick, x, words }) => (
        <span key={tick} style={{ transform: `translateX(${x}px) translateX(-50%)` }}>
          {words}
        </span>
      ))}
    </div>
  );
}

function Grid({ span, width }: { span: Span; width: number }) {
  return (
    <div class="grid" aria-hidden="true">
      {marks(span, width).map(({ tick, x }) => (
        <i key={tick} style={{ transform: `translateX(${x}px)` }} />
      ))}
    </div>
  );
}
