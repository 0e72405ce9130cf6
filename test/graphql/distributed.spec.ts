import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Readings } from '../../src/read/readings.service.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  const rooms = [1, 2, 3].map((n) => ({ sid: `RM_${n}`, roomName: `room${n}` }));
  const people = rooms.flatMap(({ sid: roomSid, roomName }, size) =>
    Array.from({ length: size * 3 }, (_, n) => ({
      roomSid,
      roomName,
      sid: `PA_${size}_${n}`,
      identity: `i${n}`,
      startedAt: at(`10:0${n}:00`),
    })),
  );
  await rows.rooms(...rooms);
  await rows.participants(...people);
  await rows.tracks(
    ...people.map(({ roomSid, roomName, sid, startedAt }) => ({
      roomSid,
      roomName,
      sid: `TR_${sid}`,
      participantSid: sid,
      startedAt,
    })),
  );
});
afterAll(() => service.stop());

async function ask(query: string, distributed: boolean): Promise<unknown> {
  service.app.get(Readings, { strict: false }).distributed = distributed;
  const { data, errors } = await service.query(query);
  expect(errors).toBeUndefined();
  return data;
}

const list =
  'edges { cursor node { sid } } pageInfo { hasNextPage hasPreviousPage } totalCount(limit: 4) { value precision }';

describe('tables that are spread over machines answer the same', () => {
  it.each([
    `{ rooms { nodes { sid participants(first: 2) { ${list} } } } }`,
    `{ rooms { nodes { sid participants(last: 2, filter: { identity: { in: ["i0", "i1", "i4"] } }) { ${list} } } } }`,
    `{ rooms(first: 1) { nodes { sid participants(first: 2) { ${list} } tracks { ${list} } } } }`,
    `{ participants { nodes { sid tracks { ${list} } room { sid } } } }`,
  ])('%s', async (query) => {
    const spread = await ask(query, true);
    expect(spread).toEqual(await ask(query, false));
    expect(JSON.stringify(spread)).toContain('PA_2_');
  });
});
