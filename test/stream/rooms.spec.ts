import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { close, reopen } from '../../src/upkeep/corrections.js';
import { recordSightings } from '../../src/upkeep/sightings.js';
import { type Service, startService } from '../support/service.js';
import { begun, connect, media, settled, Subscriber, webhook } from '../support/subscriber.js';

let service: Service;
let replica: Service;
beforeAll(async () => {
  service = await startService();
  replica = await startService({ databaseUrl: service.settings.databaseUrl! });
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

let count = 0;
/** Posts one of a room; its sid is `RM_` and its name, unless given. */
async function happen(
  event: string,
  name: string,
  { to = service, key = 'devkey', ...content }: Happening = {},
): Promise<void> {
  const room = { sid: `RM_${name}`, name, ...(content.room as object) };
  await to.deliver(webhook(event, { id: `EV_${count++}`, ...content, room }), { key });
}
interface Happening extends Record<string, unknown> {
  readonly to?: Service;
  readonly key?: string;
}

const fields =
  '{ name sid active endSource lastSeenAt participantCount recording participants { nodes { sid state } } }';

async function watch(filter = '', options: { token?: string; key?: string } = {}): Promise<Subscriber> {
  await settled(service);
  const client = connect(service, options);
  const given = filter === '' ? '' : `(filter: {${filter}})`;
  const subscriber = new Subscriber(client, { query: `subscription { roomChanged${given} ${fields} }` });
  return subscriber;
}

const open = 'active: true';
const person = (sid: string) => ({
  participant: { sid, identity: sid, joinedAt: String(Math.floor(Date.now() / 1000)) },
});
/** Kept once the room was last told so. */
async function expectTold(subscriber: Subscriber, name: string, last: object): Promise<void> {
  const told = (): object => subscriber.rooms.filter((room) => room['name'] === name).at(-1) ?? {};
  const same = (): boolean => Object.entries(last).every(([field, value]) => told()[field as never] === value);
  await subscriber.until(same);
  expect(told()).toMatchObject(last);
}

describe('a stream of rooms', () => {
  it('tells each change of a room and its people, and that it stopped matching, once', async () => {
    const subscriber = await begun(service, await watch(open));
    await happen('room_started', 'told');
    await expectTold(subscriber, 'told', { participantCount: 0 });
    await happen('participant_joined', 'told', person('PA_a'));
    await expectTold(subscriber, 'told', { participantCount: 1 });
    await happen('participant_left', 'told', person('PA_a'));
    await expectTold(subscriber, 'told', { participantCount: 0 });
    await happen('room_finished', 'told');
    await expectTold(subscriber, 'told', { active: false });
    await happen('track_unpublished', 'told', media);
    await happen('room_started', 'next');
    await expectTold(subscriber, 'next', { active: true });
    const ofRoom = subscriber.rooms.filter(({ name }) => name === 'told');
    expect(ofRoom.filter(({ active }) => active === false)).toHaveLength(1);
    expect(ofRoom.at(-2)).toMatchObject({ participants: { nodes: [{ sid: 'PA_a', state: 'LEFT' }] } });
  });

  it('tells it of rooms that matched before it began', async () => {
    await happen('room_started', 'before');
    const subscriber = await begun(service, await watch(open));
    await happen('room_finished', 'before');
    await expectTold(subscriber, 'before', { active: false });
  });

  it('tells it within a second of what another replica took', async () => {
    await happen('room_started', 'elsewhere');
    const subscriber = await begun(service, await watch(open));
    await happen('room_finished', 'elsewhere', { to: replica });
    const answered = performance.now();
    await expectTold(subscriber, 'elsewhere', { active: false });
    expect(performance.now() - answered).toBeLessThan(1_000);
  });

  it('tells that a room gave way to another of its name', async () => {
    const started = Math.floor(Date.now() / 1000) - 60;
    await happen('room_started', 'again', {
      room: { sid: 'RM_first', creationTime: String(started) },
      createdAt: String(started),
    });
    const subscriber = await begun(service, await watch());
    await happen('room_started', 'again', { room: { sid: 'RM_second', creationTime: String(started + 50) } });
    const sids = (): unknown[] => subscriber.rooms.filter(({ name }) => name === 'again').map(({ sid }) => sid);
    await subscriber.until(() => sids().length >= 2);
    expect(sids().sort()).toEqual(['RM_first', 'RM_second']);
    expect(subscriber.rooms.find(({ sid }) => sid === 'RM_first')).toMatchObject({
      active: false,
      endSource: 'SUPERSEDED',
    });
  });

  it('tells of egress that names only the sid, and leaves other rooms alone', async () => {
    await happen('room_started', 'filmed');
    await happen('room_started', 'other');
    const subscriber = await watch('recording: true');
    const egressInfo = { egressId: 'EG_1', roomId: 'RM_filmed', status: 'EGRESS_ACTIVE', web: {} };
    while (subscriber.told.length === 0) {
      await service.deliver(webhook('egress_updated', { id: `EV_${count++}`, egressInfo }));
    }
    await happen('participant_joined', 'other', person('PA_b'));
    const ended = { ...egressInfo, status: 'EGRESS_COMPLETE', endedAt: `${Date.now()}000000` };
    await service.deliver(webhook('egress_ended', { id: `EV_${count++}`, egressInfo: ended }));
    await expectTold(subscriber, 'filmed', { recording: false });
    expect(new Set(subscriber.rooms.map(({ name }) => name))).toEqual(new Set(['filmed']));
  });

  it('tells what an operator decides', async () => {
    await happen('room_started', 'decided');
    const subscriber = await begun(service, await watch(open));
    const correction = { project: 'default', id: 'RM_decided', by: 'ann', reason: 'crashed', now: Date.now() + 1_000 };
    await close(service.database, correction, Date.now() + 500);
    await expectTold(subscriber, 'decided', { active: false, endSource: 'OPERATOR' });
    await reopen(service.database, { ...correction, now: correction.now + 1_000 });
    await expectTold(subscriber, 'decided', { active: true });
  });

  it('tells of a sighting', async () => {
    await happen('room_started', 'seen');
    const subscriber = await begun(service, await watch(open));
    const seenAt = Date.parse('2031-01-01T00:00:00Z');
    const session = { kind: 'ROOM', project: 'default', roomName: 'seen', roomSid: 'RM_seen' } as const;
    await recordSightings(new Writer(service.database), [{ session, seenAt }]);
    await expectTold(subscriber, 'seen', { lastSeenAt: '2031-01-01T00:00:00.000Z' });
  });

  it('tells rooms that a rebuild made anew', async () => {
    await happen('room_started', 'rebuilt');
    const subscriber = await begun(service, await watch(open));
    await service.database.intake.query(
      `update room set end_source = 'REPORTED', ended_at = now() where sid = 'RM_rebuilt'`,
    );
    await rebuild(service.database.url);
    await expectTold(subscriber, 'rebuilt', { active: true });
  });
});

describe('a token of', () => {
  it('another project is told nothing', async () => {
    const token = await service.token({ roomList: true }, { key: 'acmekey' });
    const subscriber = await begun(service, await watch('', { token }), 'acmekey');
    await happen('room_started', 'foreign');
    await happen('room_started', 'own', { key: 'acmekey' });
    await expectTold(subscriber, 'own', { active: true });
    expect(subscriber.rooms.map(({ name }) => name)).toEqual(['own']);
  });

  it('one room is told of that room, by each subscription', async () => {
    const token = await service.token({ roomAdmin: true, room: 'probe' });
    const rooms = await begun(service, await watch('', { token }));
    const query = 'subscription { webhookEvents { cursor node { id roomName } } }';
    const events = await begun(service, new Subscriber(connect(service, { token }), { query }));
    await happen('room_started', 'unseen');
    await begun(service, rooms);
    await begun(service, events);
    expect(rooms.rooms).toEqual([]);
    expect(events.ids).toEqual([]);
  });
});
