import type { UsageRow } from './usage-row.js';
import type { Split } from './split-range.js';

interface Sums {
  readonly milliseconds: bigint;
  readonly uncertainMilliseconds: bigint;
  readonly startedMinutes: bigint;
}

/** The sum of one window in one part. Windows count from 1; 0 is what came before. */
export interface Piece extends Sums {
  readonly part: 'lead' | 'middle' | 'tail' | 'open' | 'doubt';
  readonly win: number;
  readonly starts: number;
  /** Only in the middle. */
  readonly ends: number;
  readonly doubts: number;
  /** Only in the other parts. */
  readonly sessions: number;
}

export interface Group {
  readonly values: readonly (string | null)[];
  readonly pieces: Piece[];
}

interface AnsweredRange {
  readonly edges: readonly number[];
  readonly split: Split;
  readonly now: number;
}

/** What one part adds to the window at `from`. */
interface Share extends Sums {
  readonly from: number;
  readonly sessions: number;
  readonly starts: number;
}

type MutableRow = { -readonly [name in keyof UsageRow]: UsageRow[name] };

export function rowsOfGroup({ values, pieces }: Group, range: AnsweredRange): UsageRow[] {
  const of = (part: Piece['part']): Piece[] =>
    pieces.filter((piece) => piece.part === part).sort((a, b) => a.win - b.win);
  const rows: MutableRow[] = [];
  for (const share of [
    ...sharesOfEnd(of('lead'), range.split.lead),
    ...sharesOfMiddle(of('middle'), range.split.middle),
    ...sharesOfEnd(of('tail'), range.split.tail),
  ]) {
    const win = windowOf(range.edges, share.from);
    if (rows.at(-1)?.win !== win) rows.push(emptyRow(win, values, range.edges));
    add(rows.at(-1)!, share);
  }
  const used = rows.filter(({ sessions }) => sessions! > 0);
  countOpen(used, of('open'), range.now);
  doubtOpen(used, of('doubt'), range);
  return used;
}

function sharesOfEnd(pieces: readonly Piece[], edges: readonly number[]): Share[] {
  return pieces.map((piece) => ({ ...piece, from: edges[piece.win - 1]! }));
}

/**
 * Sessions open at the start of a window count in full here; the pieces add or subtract those that start or end in it.
 */
function* sharesOfMiddle(pieces: readonly Piece[], edges: readonly number[]): Generator<Share> {
  const byWindow = new Map(pieces.map((piece) => [piece.win, piece]));
  const before = byWindow.get(0);
  let open = before ? before.starts - before.ends : 0;
  let doubts = before?.doubts ?? 0;
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const piece = byWindow.get(index + 1) ?? nothing;
    const length = BigInt(edges[index + 1]! - from);
    yield {
      from,
      starts: piece.starts,
      sessions: open + piece.starts,
      milliseconds: BigInt(open) * length + piece.milliseconds,
      uncertainMilliseconds: BigInt(doubts) * length + piece.uncertainMilliseconds,
      startedMinutes: (BigInt(open) * length) / 60_000n + piece.startedMinutes,
    };
    open += piece.starts - piece.ends;
    doubts += piece.doubts;
  }
}

const nothing = { starts: 0, ends: 0, doubts: 0, milliseconds: 0n, uncertainMilliseconds: 0n, startedMinutes: 0n };

function windowOf(edges: readonly number[], at: number): number {
  let [low, high] = [0, edges.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}

function emptyRow(win: number, group: Group['values'], edges: readonly number[]): MutableRow {
  const zero = { milliseconds: 0n, uncertainMilliseconds: 0n, startedMinutes: 0n, sessions: 0, openSessions: 0 };
  return {
    from: edges[win - 1]!,
    to: edges[win]!,
    win,
    group,
    others: false,
    ...zero,
    identities: undefined,
    peak: undefined,
    certainMinutes: undefined,
    bytes: undefined,
  };
}

/** If the share begins inside the window, earlier shares have counted its older sessions. */
function add(row: MutableRow, share: Share): void {
  row.sessions! += share.from === row.from ? share.sessions : share.starts;
  row.milliseconds! += share.milliseconds;
  row.uncertainMilliseconds! += share.uncertainMilliseconds;
  row.startedMinutes! += share.startedMinutes;
}

/** An open session is in every window from its start to now. */
function countOpen(rows: readonly MutableRow[], opened: readonly Piece[], now: number): void {
  let [open, next] = [0, 0];
  for (const row of rows) {
    for (; next < opened.length && opened[next]!.win <= row.win; next++) open += opened[next]!.starts;
    row.openSessions = row.from < now ? open : 0;
  }
}

/** An open session is uncertain up to now. `uncertainMilliseconds` of such a piece is the sum of when that began. */
function doubtOpen(rows: readonly MutableRow[], doubted: readonly Piece[], { now }: AnsweredRange): void {
  let [begun, next] = [0, 0];
  for (const row of rows) {
    const until = Math.min(row.to, now);
    for (; next < doubted.length && doubted[next]!.win < row.win; next++) begun += doubted[next]!.doubts;
    if (row.from >= now) return;
    row.uncertainMilliseconds! += BigInt(begun) * BigInt(until - row.from);
    const here = doubted[next];
    if (here?.win !== row.win) continue;
    row.uncertainMilliseconds! += BigInt(here.doubts) * BigInt(until) - here.uncertainMilliseconds;
  }
}
