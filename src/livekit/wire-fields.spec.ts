import { ParticipantInfo, type EgressInfo, type Room } from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { child, children, enumName, enumOf, flag, int32, integer, text, type Wire } from './wire-fields.js';

describe('reading a message', () => {
  const room: Wire<Room> = {
    sid: 'RM_1',
    name: 7,
    emptyTimeout: 300,
    max_participants: 10,
    creationTime: '1772445600',
  };

  it('takes values of the right type, in either spelling', () => {
    expect([
      text(room, 'sid'),
      int32(room, 'emptyTimeout'),
      int32(room, 'maxParticipants'),
      integer(room, 'creationTime'),
    ]).toEqual(['RM_1', 300, 10, 1772445600n]);
  });

  it('takes a wrong type, and proto3 zero, for absent', () => {
    expect(text(room, 'name')).toBeNull();
    const zeros: Wire<Room> = {
      metadata: '',
      emptyTimeout: 0,
      departureTimeout: '20s',
      maxParticipants: 4_294_967_295,
      activeRecording: 'true',
    };
    expect([
      text(zeros, 'metadata'),
      int32(zeros, 'emptyTimeout'),
      int32(zeros, 'departureTimeout'),
      int32(zeros, 'maxParticipants'),
    ]).toEqual([null, null, null, null]);
    expect(flag(zeros, 'activeRecording')).toBe(false);
  });

  it('takes only objects for messages', () => {
    const egress: Wire<EgressInfo> = { fileResults: [{ filename: 'a' }, 'b', null], streamResults: 'none' };
    expect(children(egress, 'fileResults')).toEqual([{ filename: 'a' }]);
    expect(children(egress, 'streamResults')).toEqual([]);
    expect(child({ room: [] } as Wire<{ room: Room }>, 'room')).toBeNull();
  });
});

describe('enumName', () => {
  const kinds = enumOf(ParticipantInfo, 'kind');

  it.each([
    [null, 'STANDARD'],
    ['', 'STANDARD'],
    ['SIP', 'SIP'],
    ['HOLOGRAM', 'HOLOGRAM'],
    [3, 'SIP'],
    [99, '99'],
    [{}, 'STANDARD'],
  ])('of %j is %s', (value, name) => {
    expect(enumName(value, kinds)).toBe(name);
  });
});
