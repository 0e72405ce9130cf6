import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { Writer } from '../../src/erased/writer.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';
import type { JsonObject } from '../../src/livekit/json.js';
import { readLogDrop } from '../../src/log/drops.js';
import { dropOldMonths } from '../../src/log/retention.js';
import { sessionTables } from '../../src/projection/session-tables.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { close } from '../../src/upkeep/corrections.js';
import { expire } from '../../src/upkeep/expiry.js';
import { recordSightings } from '../../src/upkeep/sightings.js';
import { amount, seed } from '../support/amount.js';
import { history } from '../support/arbitrary-history.js';
import { shuffled } from '../support/histories.js';
import { arrived, at, commitAll, DAY, keeping, partsOf, playedBetween, yearOfMonths } from '../support/log-months.js';
import { runProgram } from '../support/process.js';
import { dumpTables } from '../support/tables.js';

const AGE = 31 * DAY;
/** 2026-03-02T10:00:00Z, where histories begin. */
const epoch = 1_772_445_600;
/** A second of a history becomes as long, in seconds. */
const STRETCH = 9 * 86_400;

async function drop(database: Database, now: number): Promise<void> {
  await keeping(database.url, (log) => dropOldMonths(log, { now, ageMs: AGE, store: null }));
}

/** A history that takes months. */
function stretched(told: readonly object[], project: string): LedgerEvent[] {
  const text = JSON.stringify(told)
    .replace(
      /"(177244\d{4})(\d*)"/g,
      (_, s: string, rest: string) => `"${epoch + (Number(s) - epoch) * STRETCH}${rest}"`,
    )
    .replaceAll(/"(RM|PA|TR|EG|RT|AJ)_/g, `"$1_${project}.`);
  return (JSON.parse(text) as JsonObject[]).map((body) => readEvent(project, body, at('2026-12-01T00:00:00')));
}

/** Rows that a dropped event may have been merged into. */
async function keptRows({ queries }: Database): Promise<number> {
  const dropped = await readLogDrop(queries);
  const isKept = (name: string): string =>
    name === 'room'
      ? 'or (sid, room_name, project) in (select room_sid, room_name, project from participant where first_seen_at <= $1)'
      : '';
  const counts = sessionTables.map(
    ({ name }) => `select count(*)::int as n from ${name} where first_seen_at <= $1 ${isKept(name)}`,
  );
  const { rows } = await queries.query<{ n: number }>(
    `select sum(n)::int as n from (${counts.join(' union all ')}) c`,
    [new Date(dropped?.createdUntil ?? 0)],
  );
  return rows[0]!.n;
}

test('whatever is dropped, a rebuild gives the rows that there were', { timeout: 3_600_000 }, async () => {
  const database = await yearOfMonths();
  const histories = fc.sample(history, { numRuns: amount('LAW_RUNS'), seed });
  for (const [n, told] of histories.entries()) await commitAll(database, shuffled(stretched(told, `p${n}`), n));
  const before = await dumpTables(database);
  const numbers: number[] = [];
  for (const month of ['05', '06', '07', '08']) {
    await drop(database, at(`2026-${month}-02T00:00:00`));
    const verified = await verify(database.url);
    expect(verified).toMatchObject({ differing: 0, differences: [], unchecked: await keptRows(database) });
    await rebuild(database.url);
    expect(await dumpTables(database)).toEqual(before);
    numbers.push(verified.unchecked);
  }
  expect(numbers[0]).toBeGreaterThan(0);
  expect(numbers.at(-1)).toBeGreaterThan(numbers[0]!);
  expect(await partsOf(database)).not.toContain('webhook_event_2026_06');
});

test('late events merge into rows of which events were dropped, and a rebuild keeps both', async () => {
  const database = await yearOfMonths();
  const room = { sid: 'RM_1', name: 'daily', creationTime: String(at('2026-03-30T10:00:00') / 1000) };
  const participant = { sid: 'PA_1', identity: 'ada', joinedAt: String(at('2026-03-30T10:00:10') / 1000) };
  const event = (name: string, id: string, when: string): LedgerEvent =>
    arrived(
      { event: name, id, createdAt: String(at(when) / 1000), room, participant, track: { sid: 'TR_1' } },
      at(when) + 1000,
    );
  await commitAll(database, [
    event('participant_joined', 'EV_1', '2026-03-30T10:00:10'),
    ...playedBetween(at('2026-03-20T00:00:00'), at('2026-05-20T00:00:00'), 600),
  ]);
  const limits = { now: at('2026-04-05T00:00:00'), expireAfterMs: DAY, askedAt: () => undefined };
  expect(await expire(new Writer(database), limits)).toBeGreaterThan(0);
  await drop(database, at('2026-05-10T00:00:00'));
  await commitAll(database, [
    event('participant_left', 'EV_2', '2026-03-30T10:20:00'),
    event('track_published', 'EV_3', '2026-04-01T00:30:00'),
  ]);
  const session = { kind: 'ROOM', project: 'default', roomName: 'daily', roomSid: 'RM_1' } as const;
  await recordSightings(new Writer(database), [{ session, seenAt: at('2026-04-01T00:40:00') }]);
  const correction = { project: 'default', by: 'ann', reason: 'she knows', now: at('2026-05-20T00:00:00') };
  await close(database, { ...correction, id: 'RM_1' }, at('2026-04-01T01:00:00'));
  const before = await dumpTables(database);
  expect(JSON.stringify(before)).toContain('OPERATOR');
  // The second time also without what was found out in April.
  for (const now of [at('2026-05-10T00:00:00'), at('2026-06-10T00:00:00')]) {
    await drop(database, now);
    expect(await verify(database.url)).toMatchObject({ differing: 0, unchecked: await keptRows(database) });
    await rebuild(database.url);
    expect(await dumpTables(database)).toEqual(before);
  }
  expect(await partsOf(database)).not.toContain('webhook_event_2026_04');
});

test('a difference is found in rows that can be checked, and the command says how many cannot', async () => {
  const database = await yearOfMonths();
  await commitAll(database, playedBetween(at('2026-03-20T00:00:00'), at('2026-05-20T00:00:00'), 600));
  await drop(database, at('2026-05-10T00:00:00'));
  const env = { DATABASE_URL: database.url };
  const fine = await runProgram('cli/verify', env).ended;
  expect(fine).toMatchObject({ code: 0, errors: '' });
  const kept = await keptRows(database);
  expect(kept).toBeGreaterThan(0);
  expect(fine.output).toContain(`${kept} rows could not be checked: LOG_RETENTION may have dropped events of theirs.`);
  await database.intake.query(
    `update participant set identity = 'mallory' where sid = (select sid from participant order by first_seen_at desc limit 1)`,
  );
  expect(await verify(database.url)).toMatchObject({ differing: 1, unchecked: kept });
});
