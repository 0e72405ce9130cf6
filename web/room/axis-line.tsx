import { useMemo } from 'preact/hooks';
import { utc } from '../words/calendar';
import { doubtfulFrom } from '../words/doubt';
import { time } from '../words/times';
import { zone } from '../words/zone';
import { type Bar, LANE, type Line, type Thin } from './lines';
import { noteAfter, notesOf } from './notes';
import { sentence } from './sentences';
import type { Span } from './span';

interface Drawn {
  readonly span: Span;
  readonly width: number;
  readonly now: number;
  readonly selected: string | null;
  readonly tabbable: string | null;
}

export function AxisLine({ line, ...drawn }: { line: Line } & Drawn) {
  const place = { transform: `translateY(${line.top}px)`, height: `${line.height}px` };
  if (line.tone === null) {
    return (
      <h2 class="group" style={place}>
        {line.label}
      </h2>
    );
  }
  const { span, now } = drawn;
  const inside = ({ from, to }: Bar | Thin): boolean => (to ?? now) >= span.from && from <= span.to;
  return (
    <div class={`line ${line.tone}`} style={place} role="group" aria-label={line.label}>
      <div class="label">
        <b>{line.label}</b>
        <small>{line.small}</small>
      </div>
      <div class="plot">
        {line.bars.filter(inside).map((bar) => (
          <OneBar key={bar.id} bar={bar} line={line} {...drawn} />
        ))}
        {line.thin.filter(inside).map((thin) => (
          <i
            key={thin.id}
            class="thin"
            title={`${thin.words}, ${utc(thin.from)}`}
            style={{ ...placeOf(thin, drawn), top: `${22 + thin.lane * LANE}px` }}
          />
        ))}
        <Notes line={line} {...drawn} />
      </div>
    </div>
  );
}

/** Pixels of a letter of a note, about. */
const LETTER = 5.4;

/** Pixels: every end that LiveKit told in whole seconds has a tail of up to one. */
const LEAST_TAIL = 1.5;

/** Far beyond the edges nothing is drawn: a browser's boxes have an end. */
function placeOf({ from, to }: { from: number; to: number | null }, { span, width, now }: Drawn) {
  const scale = width / (span.to - span.from);
  const left = Math.max(-1_000, (from - span.from) * scale);
  const right = Math.min(width + 1_000, ((to ?? now) - span.from) * scale);
  return { left: `${left}px`, width: `${Math.max(1, right - left)}px` };
}

function OneBar({ bar, line, ...drawn }: { bar: Bar; line: Line } & Drawn) {
  const { now, selected, tabbable, span } = drawn;
  const doubt = doubtfulFrom(bar, now);
  const end = bar.to ?? now;
  const scale = drawn.width / (span.to - span.from);
  const tail = (end - doubt) * scale;
  const words = useMemo(() => sentence(bar, line.thin, now), [bar, line, now, zone.value]);
  return (
    <button
      type="button"
      class={`bar${bar.to === null ? ' open' : ''}${bar.words ? ' worded' : ''}`}
      data-id={bar.id}
      aria-pressed={bar.id === selected}
      aria-label={words}
      title={`${utc(bar.from)} – ${bar.to === null ? 'open' : utc(bar.to)}`}
      tabIndex={bar.id === tabbable ? 0 : -1}
      style={placeOf(bar, drawn)}
    >
      {bar.words && <span class="words">{bar.words}</span>}
      {tail >= LEAST_TAIL && <span class="doubt" style={{ width: `${Math.min(tail, drawn.width + 2_000)}px` }} />}
    </button>
  );
}

function Notes({ line, ...drawn }: { line: Line } & Drawn) {
  const scale = drawn.width / (drawn.span.to - drawn.span.from);
  const x = (at: number): number => (at - drawn.span.from) * scale;
  const last = line.bars.at(-1)!;
  const after = noteAfter(last);
  let free = -Infinity;
  const notes = notesOf(line.bars, { now: drawn.now, clock: (at) => time(at, 'clock') }).flatMap(({ at, words }) => {
    const room = words.length * LETTER;
    const left = Math.max(0, Math.min(x(at), drawn.width - room));
    if (x(at) < Math.max(free, -20) || x(at) > drawn.width - 20 || left < free) return [];
    free = left + room;
    return [{ at, words, left }];
  });
  return (
    <>
      {notes.map(({ at, words, left }) => (
        <small key={at} class="note" style={{ left: `${left}px`, top: `${20 + line.lanes * LANE}px` }}>
          {words}
        </small>
      ))}
      {after !== null && last.to !== null && x(last.to) < drawn.width - 60 && x(last.to) > 0 && (
        <small class="note after" style={{ left: `${x(last.to) + 6}px` }}>
          {after}
        </small>
      )}
    </>
  );
}
