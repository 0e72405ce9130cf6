import pg from 'pg';
import { expect, it } from 'vitest';
import { faultOf, isAway, isPassing } from './failure.js';

const answered = (code: string) => Object.assign(new pg.DatabaseError('x', 1, 'error'), { code });
const system = (code: string) => Object.assign(new Error('x'), { code });

it.each<[unknown, boolean, boolean]>([
  [answered('40P01'), true, false],
  [answered('40001'), true, false],
  [answered('57P01'), false, true],
  [answered('53300'), false, true],
  [answered('25006'), false, true],
  [answered('22P05'), false, false],
  [answered('23502'), false, false],
  [system('ECONNREFUSED'), false, true],
  [system('EPIPE'), false, true],
  [system('57P01'), false, true],
  [system('42703'), false, false],
  [system('CERT_HAS_EXPIRED'), false, true],
  [new Error('Connection terminated unexpectedly'), false, true],
  [new Error('Client was closed and is not queryable'), false, true],
  [new Error('Query read timeout'), false, true],
  [new Error('the transaction was rolled back'), false, true],
  [new Error('Cannot return null for non-nullable field RoomConnection.nodes.'), false, false],
  [new Error('timeout exceeded when trying to connect'), false, true],
  [new TypeError('cannot read a connection'), false, false],
  ['text', false, false],
])('%s passes %j, is away %j', (error, passing, away) => {
  expect([isPassing(error), isAway(error)]).toEqual([passing, away]);
});

it.each([
  ['values', { constraint: 'positive' }],
  // A missing partition, wherever it is missing.
  ['database', { table: 'webhook_event' }],
  ['database', { where: 'while executing command on 10.0.0.2:5432' }],
])('a check is a fault of %s with %j', (fault, fields) => {
  expect(faultOf(Object.assign(answered('23514'), fields))).toBe(fault);
});
