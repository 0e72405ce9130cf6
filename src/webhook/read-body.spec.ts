import { expect, it } from 'vitest';
import { readBody } from './read-body.js';

const body = (text: string) => readBody(Buffer.from(text));

it('reads, cleans and redacts an event', () => {
  expect(body('{"event":"room_started","id":"EV_1","room":{"name":"a\\u0000","turnPassword":"x"}}')).toEqual({
    event: 'room_started',
    id: 'EV_1',
    room: { name: 'a\uFFFD', turnPassword: '[redacted]' },
  });
});

it.each([
  [Buffer.from([0x7b, 0xff, 0x7d]), 'BODY_NOT_UTF8', 'The body is not UTF-8.'],
  [Buffer.from('{"event":'), 'BODY_NOT_JSON', 'The body is not JSON.'],
  [Buffer.from(''), 'BODY_NOT_JSON', 'The body is not JSON.'],
  [Buffer.from(`${'['.repeat(101)}${']'.repeat(101)}`), 'BODY_NOT_JSON', 'The body nests deeper than 100.'],
  [Buffer.from('[]'), 'EVENT_INVALID', 'The body is JSON, but not an object.'],
  [Buffer.from('{"id":"EV_1"}'), 'EVENT_INVALID', 'The event has no text in "event".'],
  [Buffer.from('{"event":"x","id":7}'), 'EVENT_INVALID', 'The event has no text in "id".'],
])('refuses %s with %s', (raw, code, message) => {
  expect(() => readBody(raw)).toThrow(expect.objectContaining({ status: 400, code, message }));
});

it('takes what nests exactly 100 deep', () => {
  const deep = `${'['.repeat(99)}${']'.repeat(99)}`;
  expect(body(`{"event":"x","id":"y","deep":${deep}}`).event).toBe('x');
});

it('takes an event with a long fraction and a long integer', () => {
  expect(body('{"event":"x","id":"y","n":[0.1234567890123456,1234567890123456789]}')).toEqual({
    event: 'x',
    id: 'y',
    n: [0.1234567890123456, '1234567890123456789'],
  });
});

it('finds what was hidden where it recurs, however the JSON writes it', () => {
  const event = (name: string) => `{"event":"x","id":"y","room":{"turnPassword":"hunter2"},"track":{"name":"${name}"}}`;
  for (const name of ['hunter2', 'hunter\\u0032']) expect(body(event(name))).toHaveProperty('track.name', '[redacted]');
});

it.each([
  ['digits before a dot', `[1234567890123456789,${'1'.repeat(2 ** 18)}.5]`],
  ['words with dots', `{"error":"${'a.'.repeat(2 ** 17)}://"}`],
  ['white space', `[${' '.repeat(2 ** 18)}1]`],
  ['escapes', `"${'\\\\'.repeat(2 ** 17)}"`],
])('reads 256 kB of %s in no time', (_, value) => {
  const began = performance.now();
  expect(body(`{"event":"x","id":"y","egressInfo":${value}}`).event).toBe('x');
  expect(performance.now() - began).toBeLessThan(1000);
});
