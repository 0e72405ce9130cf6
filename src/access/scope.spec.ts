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

  it('reads the whole project, or one room name, with a read token', () => {
    expect(scopeOf('p', { roomledger: { read: true } })).toEqual({ project: 'p', roomName: null });
    expect(scopeOf('p', { roomledger: { read: true, room: 'r' } })).toEqual({ project: 'p', roomName: 'r' });
  });

  it('reads what either grant permits', () => {
    const admin = { roomAdmin: true, room: 'r' };
    expect(scopeOf('p', { video: { roomList: true }, roomledger: { read: true, room: 'r' } }).roomName).toBeNull();
    expect(scopeOf('p', { video: admin, roomledger: { read: true } }).roomName).toBeNull();
    expect(scopeOf('p', { video: admin, roomledger: {} }).roomName).toBe('r');
  });

  const lacking = {
    'a read token that reads nothing': { roomledger: { read: false } },
    'reading that is merely truthy': { roomledger: { read: 'true' } },
    'a read token of an empty room': { roomledger: { read: true, room: '' } },
    'a read token of a room that is null': { roomledger: { read: true, room: null } },
    'a read token of a room that is no text': { roomledger: { read: true, room: ['r'] } },
    'a null read token': { roomledger: null },
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
