import type pg from 'pg';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** A few days in which clocks did something, and the zones where they did. */
export interface Scene {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly zones: readonly string[];
}

function scene(name: string, [from, to]: readonly [string, string], zones: readonly string[]): Scene {
  return { name, from: Date.parse(from), to: Date.parse(to), zones };
}

export const scenes: readonly Scene[] = [
  // From half past five to a quarter to six; Lord Howe still without daylight saving of half an hour.
  scene('new-year-1986', ['1985-12-29', '1986-01-04'], ['Asia/Kathmandu', 'UTC']),
  // One minute after midnight back to 23:01: the day begins twice.
  scene('autumn-2006', ['2006-10-27', '2006-11-01'], ['America/St_Johns', 'Asia/Amman']),
  // The 30th is no day in Samoa.
  scene('new-year-2012', ['2011-12-28', '2012-01-03'], ['Pacific/Apia', 'Pacific/Fakaofo', 'Pacific/Chatham']),
  // No midnight in São Paulo, two in Havana, an hour twice in New York.
  scene('autumn-2018', ['2018-11-01', '2018-11-07'], ['America/Sao_Paulo', 'America/Havana', 'America/New_York']),
  // An hour left out, half an hour twice, an hour twice.
  scene('spring-2026', ['2026-03-27', '2026-04-07'], ['Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Casablanca']),
  scene('now', ['2026-11-20', '2026-11-27'], ['Asia/Kolkata', 'Pacific/Marquesas', 'UTC']),
];

export type Interval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';
export type Starts = Readonly<Record<Interval, readonly number[]>>;

/**
 * The starts of windows from long before to long after a scene, by looking at Postgres' clocks every quarter of an
 * hour: a day, week or month begins when the calendar first shows it.
 */
export async function startsOf(database: Pick<pg.Pool, 'query'>, { from, to }: Scene, zone: string): Promise<Starts> {
  const { rows } = await database.query<{ at: string; shown: string }>(
    `select (extract(epoch from at) * 1000)::bigint as at, to_char(at at time zone $3, 'YYYY-MM-DD HH24:MI:SS') as shown
     from generate_series($1::timestamptz, $2::timestamptz, '15 minutes') as at order by at`,
    [new Date(from - 70 * DAY), new Date(to + 70 * DAY), zone],
  );
  const starts: Record<Interval, number[]> = { HOUR: [], DAY: [], WEEK: [], MONTH: [] };
  let latest = rows[0]!.shown.slice(0, 10);
  for (const { at, shown } of rows) {
    const day = shown.slice(0, 10);
    if (shown.endsWith(':00:00')) starts.HOUR.push(Number(at));
    if (day <= latest) continue;
    starts.DAY.push(Number(at));
    if (mondayAfter(latest) <= day) starts.WEEK.push(Number(at));
    if (day.slice(0, 7) > latest.slice(0, 7)) starts.MONTH.push(Number(at));
    latest = day;
  }
  return starts;
}

function mondayAfter(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  do date.setUTCDate(date.getUTCDate() + 1);
  while (date.getUTCDay() !== 1);
  return date.toISOString().slice(0, 10);
}
