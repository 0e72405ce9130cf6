import { Loader } from './loader.js';
import type { Reading, Row } from './reading.js';
import { open } from './overlap-sql.js';
import { NOW, type StatementBuilder } from './statement.js';

type Load = (reading: Reading, rooms: readonly Row[]) => Promise<readonly Row[]>;

/** Counted for all rooms of a place together. */
export const roomCounts = {
  peakParticipantCount: counted(peaks, 'peak', 0),
  identityCount: counted(totals, 'identities', 0),
  participantSeconds: counted(totals, 'seconds', 0),
  recording: counted(recordings, 'recording', false),
};

function counted<T>(
  load: Load,
  column: string,
  none: T,
): (room: Row, args: unknown, context: { reading: Reading }) => Promise<T> {
  return async (room, _args, { reading }) => {
    const batch = reading.once(load, () => new Loader((rooms: readonly Row[]) => inOrder(load, reading, rooms)));
    return ((await batch.get(room))?.[column] as T | undefined) ?? none;
  };
}

async function inOrder(load: Load, reading: Reading, rooms: readonly Row[]): Promise<(Row | undefined)[]> {
  const found = new Map((await load(reading, rooms)).map((row) => [row['room'], row]));
  return rooms.map((_, index) => found.get(index));
}

function roomsSql(statement: StatementBuilder, rooms: readonly Row[]): string {
  const sids = `${statement.bind(rooms.map((room) => room['sid'] as string))}::text[]`;
  const names = `${statement.bind(rooms.map((room) => room['roomName'] as string))}::text[]`;
  const indexes = `${statement.bind(rooms.map((_, index) => index))}::int[]`;
  return `unnest(${sids}, ${names}, ${indexes}) as rooms(of_sid, of_name, room)`;
}

function countedSql(statement: StatementBuilder, rooms: readonly Row[]): string {
  const joined = `${roomsSql(statement, rooms)} join participant on room_sid = of_sid and room_name || '' = of_name`;
  return `${joined} where ${statement.inScope} and counted`;
}

function totals(reading: Reading, rooms: readonly Row[]): Promise<Row[]> {
  const statement = reading.statement();
  const duration = `greatest(coalesce(ended_at, ${NOW}) - started_at, interval '0')`;
  const columns = `count(distinct identity)::int as identities, round(sum(extract(epoch from ${duration})), 3)::float8 as seconds`;
  return reading.rowsOfPrepared(
    statement,
    `select room, ${columns} from ${countedSql(statement, rooms)} group by room`,
  );
}

/** Intervals are half-open: at one instant ends count before starts. */
function peaks(reading: Reading, rooms: readonly Row[]): Promise<Row[]> {
  const statement = reading.statement();
  const ended = `coalesce(ended_at, ${NOW})`;
  const present = `select room, started_at, ${ended} as ended_at from ${countedSql(statement, rooms)} and ${ended} > started_at`;
  const steps =
    'select room, started_at as at, 1 as step from present union all select room, ended_at, -1 from present';
  const running = 'select room, sum(step) over (partition by room order by at, step) as present_now from steps';
  return reading.rowsOfPrepared(
    statement,
    `with present as (${present}), steps as (${steps}), running as (${running})
     select room, max(present_now)::int as peak from running group by room`,
  );
}

function recordings(reading: Reading, rooms: readonly Row[]): Promise<Row[]> {
  const active = rooms.flatMap((room, index) => (room['active'] === true ? [index] : []));
  if (active.length === 0) return Promise.resolve([]);
  const statement = reading.statement();
  const joined = `${roomsSql(statement, rooms)} join egress on room_sid = of_sid and (room_name = of_name or room_name is null)`;
  const where = `${statement.inScope} and ${open} and room = any(${statement.bind(active)}::int[])`;
  return reading.rowsOfPrepared(statement, `select distinct room, true as recording from ${joined} where ${where}`);
}
