import { effect, type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { address, href, setQuery } from '../address/address';
import { Empty, Problem, Skeleton } from '../parts/states';
import { toneWords } from '../words/kinds';
import { now } from '../words/now';
import { Axis } from './axis';
import { Details } from './details';
import { RoomHeader } from './header';
import { type Line, linesOf } from './lines';
import type { Span } from './span';
import { useRoom, type Whole } from './use-room';

export function Room() {
  const sid = address.value.path[1]!;
  const store = useRoom(sid);
  const whole = store.whole.value;
  if (store.missing.value) {
    return (
      <Empty title="There is no such room.">
        No session with the id <code>{sid}</code> is known. <a href={href('rooms')}>Look for another</a>
      </Empty>
    );
  }
  return (
    <>
      <Problem error={store.error.value} again={() => void store.ask()} />
      {whole === null ? <Skeleton rows={9} height={38} /> : <Loaded whole={whole} />}
    </>
  );
}

function Loaded({ whole }: { whole: Whole }) {
  const { room } = whole;
  const shown = useSignal<Span | null>(spanOfAddress());
  const lines = useMemo(() => linesOf(whole), [whole]);
  const present = room.active ? now.value : Date.parse(room.endedAt ?? room.lastSeenAt);
  const span = useMemo(() => wholeSpan(lines, Date.parse(room.startedAt), present), [lines, present]);
  const selected = address.value.query.get('sel');
  const select = (id: string | null): void => setQuery({ sel: id });
  useKeptInAddress(shown);
  const narrowed = useComputed(() => shown.value !== null);
  const selectedBar = lines.flatMap(({ bars }) => bars).find(({ id }) => id === selected);
  const zoom = selectedBar && (() => void (shown.value = around(selectedBar.from, selectedBar.to ?? present, span)));
  return (
    <>
      <RoomHeader room={room} all={narrowed.value ? () => (shown.value = null) : null} zoom={zoom ?? null} />
      {lines.length === 0 ? (
        <Empty title="Nobody was here.">No person, recording, stream or agent of this session is known.</Empty>
      ) : (
        <Axis lines={lines} whole={span} shown={shown} selected={selected} select={select} now={present} />
      )}
      <Legend />
      <Details key={selected ?? ''} whole={whole} bar={selectedBar ?? null} close={() => select(null)} now={present} />
    </>
  );
}

/** With a little room at both sides; what outlasts the room is shown too. */
function wholeSpan(lines: readonly Line[], started: number, present: number): Span {
  const bars = lines.flatMap(({ bars }) => bars);
  const from = bars.reduce((least, bar) => Math.min(least, bar.from), started);
  const to = bars.reduce((most, bar) => Math.max(most, bar.to ?? present), present);
  const margin = Math.max(500, (to - from) * 0.02);
  return { from: from - margin, to: to + margin };
}

function around(from: number, to: number, whole: Span): Span {
  const margin = Math.max(500, (to - from) * 0.05);
  return { from: Math.max(whole.from, from - margin), to: Math.min(whole.to, to + margin) };
}

function spanOfAddress(): Span | null {
  const { query } = address.peek();
  const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
  return from < to ? { from, to } : null;
}

/** Once it rests. */
function useKeptInAddress(shown: Signal<Span | null>): void {
  useEffect(() => {
    const iso = (at: number): string => new Date(at).toISOString();
    const kept = (span: Span | null): void => setQuery({ from: span && iso(span.from), to: span && iso(span.to) });
    let first = true;
    return effect(() => {
      const span = shown.value;
      const rest = first ? undefined : setTimeout(() => kept(span), 300);
      first = false;
      return () => clearTimeout(rest);
    });
  }, [shown]);
}

function Legend() {
  return (
    <p class="legend">
      {Object.entries(toneWords).map(([tone, words]) => (
        <span key={tone}>
          <i class={`swatch ${tone}`} /> {words}
        </span>
      ))}
      <span>
        <i class="swatch person doubt" /> not certain
      </span>
      <span class="end">wheel to zoom, drag to move, double click for all, arrow keys and Enter for details</span>
    </p>
  );
}
