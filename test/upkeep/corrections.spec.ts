import { beforeEach, expect, it } from 'vitest';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { verify } from '../../src/rebuild/verify.js';
import { close, type Correction, reopen } from '../../src/upkeep/corrections.js';
import { createDatabase } from '../support/database.js';

const began = Date.UTC(2026, 2, 3, 10);
const room = { sid: 'RM_1', name: 'daily', creationTimeMs: String(began), creationTime: String(began / 1000) };
const ada = { sid: 'PA_1', identity: 'ada', joinedAtMs: String(began), joinedAt: String(began / 1000) };

let database: Database;

beforeEach(async () => {
  const home = await createDatabase();
  database = new Database(home.url, 10_000);
  await hear(60, 'participant_joined');
  return async () => {
    await database.onApplicationShutdown();
    await home.drop();
  };
});

async function hear(seconds: number, event: string, disconnectReason?: string): Promise<void> {
  const createdAt = began / 1000 + seconds;
  const body = {
    event,
    id: `EV_${event}_${seconds}`,
    createdAt: String(createdAt),
    room,
    participant: { ...ada, disconnectReason },
  };
  await commitEvents(database.intake, [readEvent('default', body as never, createdAt * 1000)]);
}

const at = (seconds: number): number => began + seconds * 1000;
const decision = (seconds: number): Correction => {
  return { project: 'default', id: 'PA_1', by: 'support@example.com', reason: 'the call ended', now: at(seconds) };
};

async function endOf(sid: string): Promise<[number | null, string | null, number | null]> {
  const { endedAt, endSource, endUncertaintyMs } = await database.prisma.participant.findFirstOrThrow({
    where: { sid },
  });
  return [
    endedAt && (endedAt.getTime() - began) / 1000,
    endSource,
    endUncertaintyMs === null ? null : Number(endUncertaintyMs),
  ];
}

it('ends a session, and takes that back', async () => {
  await close(database, decision(4000), at(600));
  expect(await endOf('PA_1')).toEqual([600, 'OPERATOR', 0]);
  await close(database, decision(4100), at(700));
  expect(await endOf('PA_1')).toEqual([700, 'OPERATOR', 0]);
  await reopen(database, decision(4200));
  expect(await endOf('PA_1')).toEqual([null, null, null]);
  await expect(reopen(database, decision(4300))).rejects.toThrow('PA_1 has no correction that could be taken back.');
  expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [] });
});

it('gives way to what LiveKit tells, whenever that comes', async () => {
  await close(database, decision(4000), at(600));
  await hear(300, 'participant_left', 'CLIENT_INITIATED');
  expect(await endOf('PA_1')).toEqual([300, 'REPORTED', 1000]);
});

it('gives way to later life', async () => {
  await close(database, decision(4000), at(600));
  await hear(500, 'participant_joined');
  expect(await endOf('PA_1')).toEqual([600, 'OPERATOR', 0]);
  await hear(601, 'participant_joined');
  expect(await endOf('PA_1')).toEqual([null, null, null]);
});

it('refuses what cannot be right', async () => {
  await expect(close(database, decision(4000), at(59))).rejects.toThrow('PA_1 was alive at 2026-03-03T10:01:00.000Z');
  await expect(close(database, decision(4000), at(4001))).rejects.toThrow('The end lies in the future');
  await expect(close(database, { ...decision(4000), id: 'PA_2' }, at(600))).rejects.toThrow('has no session PA_2');
  await expect(close(database, { ...decision(4000), project: 'other' }, at(600))).rejects.toThrow(
    'has no session PA_1',
  );
  await hear(300, 'participant_left', 'CLIENT_INITIATED');
  await expect(close(database, decision(4000), at(600))).rejects.toThrow('LiveKit has told when PA_1 ended');
});
