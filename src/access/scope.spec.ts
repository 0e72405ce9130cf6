import { describe, expect, it } from 'vitest';
import { scopeOf } from './scope.js';

describe('scopeOf', () => {
  it('reads the whole project with roomList', () => {
    expect(scopeOf('p', { video: { roomList: true } })).toEqual({ project: 'p', roomName: null });
  });

  it('reads one room name with roomAdmin and room', () => {
    expect(scopeOf('p', { video: { roomAdmin: true, room: 'r' } })).toEqual({ project: 'p', roomName: 'r' });
  });

  it('reads the whole project when both are granted', () => {
    expect(scopeOf('p', { video: { roomList: true, roomAdmin: true, room: 'r' } }).roomName).toBeNull();
  });

  const lacking = {
    'no video grant': {},
    'a null grant': { video: null },
    'a grant that is text': { video: 'roomList' },
    'roomAdmin without a room': { video: { roomAdmin: true } },
    'roomAdmin with an empty room': { video: { roomAdmin: true, room: '' } },
    'roomAdmin with a room that is no text': { video: { roomAdmin: true, room: ['r'] } },
    'a room without roomAdmin': { video: { room: 'r', roomJoin: true } },
    'roomList that is merely truthy': { video: { roomList: 'true' } },
  };
  it.each(Object.entries(lacking))('refuses %s', (_what, claims) => {
    expect(() => scopeOf('p', claims)).toThrow(expect.objectContaining({ status: 403, code: 'FORBIDDEN' }));
  });
});
