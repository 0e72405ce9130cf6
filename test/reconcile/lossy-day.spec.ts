import { expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { commitEvents } from '../../harness/commit-events.js';
import { Chance } from '../../src/cli/simulate/chance.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { LivekitApi } from '../../src/reconcile/livekit-api.js';
import { Reconciler } from '../../src/reconcile/reconciler.js';
import { expire } from '../../src/upkeep/expiry.js';
import { amount, seed } from '../support/amount.js';
import { createDatabase } from '../support/database.js';
import { LivekitServer } from '../support/livekit-server.js';
import { ToyLivekit } from '../support/toy-livekit.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const began = Date.UTC(2026, 2, 3, 10);
const hours = amount('LOSSY_HOURS');
const ended = began + hours * HOUR;

interface Stay {
  readonly sid: string;
  readonly identity: string;
  readonly from: number;
  readonly to: number;
}

interface Life {
  readonly sid: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly people: readonly Stay[];
}

/** Rooms of a few names, one after the other, each until its last person has left. */
function lives(chance: Chance): Life[] {
  const all: Life[] = [];
  for (let slot = 0; slot < 12; slot++) {
    let at = began + chance.whole(0, 20) * MINUTE;
    for (let n = 0; at < ended - HOUR / 2; n++) {
      const people = Array.from({ length: chance.whole(1, 6) }, (_, seat): Stay => {
        const from = at + chance.whole(0, 5 * MINUTE);
        const to = Math.min(ended, from + chance.whole(MINUTE, 40 * MINUTE));
        return { sid: `PA_${slot}_${n}_${seat}`, identity: `person-${seat}`, from, to };
      });
      const to = Math.max(...people.map((stay) => stay.to)) + 20_000;
      all.push({ sid: `RM_${slot}_${n}`, name: `room-${slot}`, from: at, to, people });
      at = to + chance.whole(1, 15) * MINUTE;
    }
  }
  return all;
}

interface Told {
  readonly at: number;
  readonly body: object;
}

function eventsOf({ sid, name, from, to, people }: Life): Told[] {
  const room = { sid, name, creationTimeMs: String(from), emptyTimeout: 300, departureTimeout: 20 };
  const told = (at: number, event: string, what: object = {}): Told => {
    return { at, body: { event, id: `EV_${event}_${JSON.stringify(what).length}_${sid}_${at}`, room, ...what } };
  };
  const ofPeople = people.flatMap((stay) => {
    const participant = { sid: stay.sid, identity: stay.identity, joinedAtMs: String(stay.from) };
    const left = { ...participant, disconnectReason: 'CLIENT_INITIATED' };
    return [
      told(stay.from, 'participant_joined', { participant }),
      told(stay.to, 'participant_left', { participant: left }),
    ];
  });
  return [told(from, 'room_started'), ...ofPeople, told(to, 'room_finished')];
}

/** A day, of whose events a tenth is lost, and an hour after it. */
async function run(reconciles: boolean): Promise<{ ghosts: number; uncertain: number; error: number }> {
  const chance = new Chance(seed);
  const all = lives(chance);
  const events = all.flatMap(eventsOf).sort((a, b) => a.at - b.at);
  const heard = events.filter(() => !chance.under(0.1));
  const home = await createDatabase();
  const database = new Database(home.url, 60_000);
  const livekit = new ToyLivekit();
  const server = await LivekitServer.start(livekit.answer);
  const reconciler = new Reconciler(new Writer(database), 'default', new LivekitApi(server.account));
  for (let now = began; now <= ended + HOUR; now += MINUTE) {
    const arrived: Told[] = [];
    while (heard[0] !== undefined && heard[0].at <= now) arrived.push(heard.shift()!);
    const webhooks = arrived.map(({ at, body }) => {
      return readEvent('default', { ...body, createdAt: String(Math.floor(at / 1000)) } as never, at);
    });
    if (webhooks.length > 0) await commitEvents(database.intake, webhooks);
    livekit.rooms = all
      .filter(({ from, to }) => from <= now && to > now)
      .map(({ sid, name, from, people }) => {
        const there = people.filter((stay) => stay.from <= now && stay.to > now);
        return { sid, name, createdAt: from, people: there.map((stay) => ({ ...stay, joinedAt: stay.from })) };
      });
    const asked = reconciles ? now : undefined;
    if (reconciles) await reconciler.record(await reconciler.judge(now), now);
    await expire(new Writer(database), { now, expireAfterMs: 24 * HOUR, askedAt: () => asked });
  }
  const { rows } = await database.queries.query<{ ghosts: number; seconds: number; uncertain: number }>(
    `select count(*) filter (where ended_at is null)::int as ghosts, sum(extract(epoch from until - started_at))::float8 as seconds,
        sum(extract(epoch from case when end_source = 'REPORTED' then '0' else until - greatest(last_seen_at, started_at) end))::float8 as uncertain
      from (select *, coalesce(ended_at, $1) as until from participant) p`,
    [new Date(ended + HOUR)],
  );
  await server.stop();
  await database.onApplicationShutdown();
  await home.drop();
  const { ghosts, seconds, uncertain } = rows[0]!;
  const truth = all.flatMap(({ people }) => people).reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
  return { ghosts, uncertain: uncertain / seconds, error: seconds / truth - 1 };
}

it(`leaves no ghost of ${hours} hours of which a tenth of the events is lost`, { timeout: 3_600_000 }, async () => {
  const [alone, reconciled] = [await run(false), await run(true)];
  console.log({ alone, reconciled });
  expect(reconciled.ghosts).toBe(0);
  expect(reconciled.uncertain).toBeLessThan(alone.uncertain / 5);
  expect(Math.abs(reconciled.error)).toBeLessThan(Math.abs(alone.error) / 2);
  expect(Math.abs(reconciled.error)).toBeLessThan(0.05);
});
