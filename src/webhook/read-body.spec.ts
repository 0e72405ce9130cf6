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
