import { href } from '../address/address';
import type { Stay } from '../generated/operations';
import { addDays, startOfDay, utc } from '../words/calendar';
import { inWords } from '../words/durations';
import { doubtfulFrom } from '../words/doubt';
import { howItEnded, lostReasons, toneOf } from '../words/kinds';
import { now } from '../words/now';
import { time } from '../words/times';
import { zone } from '../words/zone';

const HOUR = 3_600_000;

/** Part of a stay on one day; times in ms. */
interface Piece {
  readonly stay: Stay;
  readonly from: number;
  readonly to: number;
  readonly doubt: number;
}

/** A strip for each day, over the hours of the week in which something was. */
export function Strips({ days, stays }: { days: readonly string[]; stays: readonly Stay[] }) {
  const present = now.value;
  const starts = [...days, addDays(days.at(-1)!, 1)].map((day) => startOfDay(day, zone.value));
  const rows = days.map((day, at) => ({
    day,
    start: starts[at]!,
    pieces: piecesOf(stays, starts[at]!, { end: starts[at + 1]!, present }),
  }));
  const [first, last] = hoursOf(rows);
  const percent = (row: { start: number }, at: number): number =>
    ((at - row.start) / HOUR - first) * (100 / (last - first));
  const hours = Array.from({ length: Math.floor((last - first) / 2) + 1 }, (_, at) => first + at * 2);
  return (
    <section class="card strips" aria-label="A strip for each day">
      <div class="hours" aria-hidden="true">
        {hours.map((hour) => (
          <span key={hour} style={{ left: `${((hour - first) * 100) / (last - first)}%` }}>
            {String(hour).padStart(2, '0')}:00
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <div key={row.day} class={row.start > present ? 'strip later' : 'strip'}>
          <b>{time(row.start + 12 * HOUR, 'weekday')}</b>
          <div>
            {hours.map((hour) => (
              <i key={hour} style={{ left: `${((hour - first) * 100) / (last - first)}%` }} />
            ))}
            {dropsOf(row.pieces).map(({ at, words }) => (
              <small key={at} class="note" style={{ left: `calc(${percent(row, at)}% + 6px)` }}>
                {words}
              </small>
            ))}
            {row.pieces.map((piece) => (
              <PieceBar
                key={piece.stay.sid}
                piece={piece}
                left={percent(row, piece.from)}
                right={percent(row, piece.to)}
              />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

function PieceBar({ piece: { stay, from, to, doubt }, left, right }: { piece: Piece; left: number; right: number }) {
  const words = `${stay.roomName}, ${time(from, 'clock')} to ${time(to, 'clock')}, ${inWords((to - from) / 1000)}, ${howItEnded(stay)}`;
  return (
    <a
      class={`piece ${toneOf(stay.kind)}`}
      href={href(`rooms/${encodeURIComponent(stay.roomSid)}`, { sel: stay.sid })}
      title={`${stay.roomName}: ${utc(from)} – ${utc(to)}`}
      aria-label={words}
      style={{ left: `${left}%`, width: `${Math.max(0.15, right - left)}%` }}
    >
      {doubt < to && <span class="doubt" style={{ width: `${(100 * (to - Math.max(from, doubt))) / (to - from)}%` }} />}
      <span class="words">{stay.roomName}</span>
    </a>
  );
}

const SOON = 900_000;

/** Who lost the connection, and when they were back; after the bars. */
function dropsOf(pieces: readonly Piece[]): { at: number; words: string }[] {
  const inTime = pieces.toSorted((a, b) => a.from - b.from);
  return inTime.flatMap(({ stay, to }, index) => {
    if (!lostReasons.has(stay.disconnectReason ?? '')) return [];
    const back = inTime.slice(index + 1).find((next) => next.stay.roomName === stay.roomName && next.from - to < SOON);
    if (back === undefined) return [{ at: to, words: 'dropped out' }];
    return [{ at: back.to, words: `dropped out, back after ${inWords((back.from - to) / 1000)}` }];
  });
}

function piecesOf(stays: readonly Stay[], start: number, { end, present }: { end: number; present: number }): Piece[] {
  return stays.flatMap((stay) => {
    const [joined, left] = [Date.parse(stay.joinedAt), stay.leftAt === null ? null : Date.parse(stay.leftAt)];
    const [from, to] = [Math.max(start, joined), Math.min(end, left ?? present)];
    const { endSource, endUncertaintySeconds } = stay;
    const known = { from: joined, to: left, lastSeenAt: Date.parse(stay.lastSeenAt), endSource, endUncertaintySeconds };
    return to <= from ? [] : [{ stay, from, to, doubt: doubtfulFrom(known, present) }];
  });
}

function hoursOf(rows: readonly { start: number; pieces: readonly Piece[] }[]): [number, number] {
  const pieces = rows.flatMap(({ start, pieces }) =>
    pieces.map(({ from, to }) => [(from - start) / HOUR, (to - start) / HOUR] as const),
  );
  const first = Math.min(8, ...pieces.map(([from]) => Math.floor(from / 2) * 2));
  const last = Math.max(20, ...pieces.map(([, to]) => Math.ceil(to / 2) * 2));
  return [first, Math.min(26, last)];
}
