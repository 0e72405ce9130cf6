import { describe, expect, it } from 'vitest';
import { readEvent } from './event.js';
import type { JsonObject } from './json.js';

const arrival = Date.UTC(2026, 2, 2, 10, 0, 30, 400);
const second = Math.floor(arrival / 1000);
const read = (json: JsonObject) =>
  readEvent('default', { id: 'EV_1', createdAt: String(second - 5), ...json }, arrival);
const room = { sid: 'RM_1', name: 'daily' };
const participant = { sid: 'PA_1', identity: 'ada' };

describe('the identity and the clock of an event', () => {
  it.each([
    [String(second - 5), BigInt(second - 5), (second - 5) * 1000],
    [second - 5, BigInt(second - 5), (second - 5) * 1000],
    [undefined, 0n, second * 1000],
    ['0', 0n, second * 1000],
    ['soon', 0n, second * 1000],
    [1.5, 0n, second * 1000],
    ['99999999999999999999', 0n, second * 1000],
    ['9223372036854775807', 9223372036854775807n, second * 1000],
  ])('with createdAt %j is %s, at %d', (createdAt, seconds, at) => {
    const event = read({ event: 'room_started', room, createdAt });
    expect([event.createdSeconds, event.at]).toEqual([seconds, at]);
  });
});

describe('the ids that an event names', () => {
  it('come from the nested message of egress, ingress and job events', () => {
    const egress = read({
      event: 'egress_started',
      room: {},
      egressInfo: { egressId: 'EG_1', roomId: 'RM_1', roomName: 'daily' },
    });
    expect(egress.ids).toMatchObject({ egressId: 'EG_1', roomSid: 'RM_1', roomName: 'daily' });
    const ingress = read({
      event: 'ingress_started',
      room: { name: 'daily' },
      ingressInfo: { ingressId: 'IN_1', participantIdentity: 'cam', state: { resourceId: 'RT_1', roomId: 'RM_1' } },
    });
    expect(ingress.ids).toMatchObject({
      ingressId: 'IN_1',
      resourceId: 'RT_1',
      roomSid: 'RM_1',
      roomName: 'daily',
      participantIdentity: 'cam',
    });
    const job = read({ event: 'agent_job_started', job: { id: 'AJ_1', room, participant } });
    expect(job.ids).toMatchObject({ jobId: 'AJ_1', roomSid: 'RM_1', roomName: 'daily', participantIdentity: 'ada' });
  });

  it('make up for a missing resource id', () => {
    const ingressInfo = { ingressId: 'IN_1', state: { startedAt: '1772445604000000000' } };
    expect(read({ event: 'ingress_started', ingressInfo }).ids.resourceId).toBe('IN_1:1772445604000000000');
  });

  it('are read in either spelling', () => {
    expect(read({ event: 'egress_ended', egress_info: { egress_id: 'EG_1', room_id: 'RM_1' } }).ids).toMatchObject({
      egressId: 'EG_1',
      roomSid: 'RM_1',
    });
  });
});

describe('the problem of an event', () => {
  it.each<[string, JsonObject, string | null]>([
    ['known and whole', { event: 'room_started', room }, null],
    ['of an unknown name', { event: 'room_teleported', room }, 'unknown event name "room_teleported"'],
    ['named like an object property', { event: 'constructor', room }, 'unknown event name "constructor"'],
    ['without a room sid', { event: 'room_started', room: { name: 'daily' } }, 'room_started without room.sid'],
    ['without a room name', { event: 'room_started', room: { sid: 'RM_1' } }, 'room_started without room.name'],
    ['without its participant', { event: 'participant_joined', room }, 'participant_joined without participant.sid'],
    ['without its track', { event: 'track_published', room, participant }, 'track_published without track.sid'],
    ['without egress id', { event: 'egress_ended', egressInfo: {} }, 'egress_ended without egressInfo.egressId'],
    ['without job id', { event: 'agent_job_ended', job: {} }, 'agent_job_ended without job.id'],
    [
      'with a long sid',
      { event: 'room_started', room: { ...room, sid: 'R'.repeat(513) } },
      'roomSid is longer than 512 bytes',
    ],
    [
      'with a long name',
      { event: 'room_started', room: { ...room, name: 'é'.repeat(513) } },
      'roomName is longer than 1024 bytes',
    ],
    ['with a name just short enough', { event: 'room_started', room: { ...room, name: 'é'.repeat(512) } }, null],
    [
      'with a long listed track',
      { event: 'participant_joined', room, participant: { ...participant, tracks: [{ sid: 'T'.repeat(600) }] } },
      "a listed track's sid is longer than 512 bytes",
    ],
    ['with a long id', { event: 'room_started', room, id: 'E'.repeat(513) }, "the event's id is longer than 512 bytes"],
  ])('that is %s is %j', (_, json, problem) => {
    expect(read(json).problem).toBe(problem);
  });

  it.each([
    [second + 600, true],
    [second + 601, false],
    [946_684_800, true],
    [946_684_799, false],
    [4_102_444_800, false],
  ])('depends on whether createdAt %d is believable', (createdAt, believable) => {
    expect(read({ event: 'room_started', room, createdAt }).problem === null).toBe(believable);
  });

  it('keeps a long id by its hash, and drops long ids from the index', () => {
    const event = read({ event: 'room_started', room: { sid: 'R'.repeat(600), name: 'daily' }, id: 'E'.repeat(600) });
    expect(event.id).toMatch(/^E{64}…[0-9a-f]{64}$/);
    expect(event.ids.roomSid).toBeNull();
  });
});
