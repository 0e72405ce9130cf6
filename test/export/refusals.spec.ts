import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

async function get(file: string, parameters: Record<string, string> = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  return fetch(`${service.url}/export/${file}?${new URLSearchParams(parameters)}`, { headers });
}

describe('a request is refused with BAD_USER_INPUT', () => {
  const cases: Record<string, [parameters: Record<string, string>, message: RegExp]> = {
    'for a filter that is not JSON': [{ filter: '{' }, /^The parameter filter is not JSON\.$/],
    'for a filter that is no object': [{ filter: '7' }, /^The parameter filter is wrong: Expected type "RoomFilter"/],
    'for an unknown filter': [{ filter: '{"sids":[]}' }, /^The parameter filter is wrong: Field "sids" is not defined/],
    'for a polluting filter': [{ filter: '{"__proto__":{}}' }, /^The parameter filter is wrong: Field "__proto__"/],
    'for a wrong value inside': [
      { filter: '{"name":{"in":[7]}}' },
      /^The parameter filter\.name\.in\.0 is wrong: String/,
    ],
    'for a time that is none': [
      { filter: '{"activeAt":"now"}' },
      /^The parameter filter\.activeAt is wrong: .*RFC 3339/,
    ],
    'for a list that is too long': [
      { filter: JSON.stringify({ sid: Array.from({ length: 201 }, String) }) },
      /^A list of 201 values is longer than 200\.$/,
    ],
    'for an empty range': [
      { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      /^The interval from .* is empty\.$/,
    ],
    'for half a range': [{ from: '2026-01-02T00:00:00Z' }, /^A range has both a from and a to\.$/],
    'for a range of other times': [{ from: '2026', to: '2027' }, /^The parameter from is wrong: .*RFC 3339/],
    'for a range to a wrong time': [
      { from: '2026-11-24T00:00:00Z', to: '2027' },
      /^The parameter to is wrong: .*RFC 3339/,
    ],
    'for a time that lost its +': [
      { from: '2026-11-24T00:00:00 01:00', to: '2026-11-25T00:00:00Z' },
      /^The parameter from is wrong: Its `\+` became a space: in a URL, write it as `%2B`\.$/,
    ],
    'for two ranges': [
      {
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        filter: '{"activeDuring":{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}}',
      },
      /activeDuring: give one of them\.$/,
    ],
    'for an unknown field': [{ fields: 'sid,secret' }, /^There is no field "secret": there are id, sid,/],
    'for no field': [{ fields: '' }, /^There is no field "": there are id, sid,/],
    'for a nested list': [{ fields: 'participants' }, /^There is no field "participants"/],
    'for an unknown parameter': [{ first: '7' }, /^There is no parameter first: there are from, to, filter, fields\.$/],
  };
  it.each(Object.entries(cases))('%s', async (_what, [parameters, message]) => {
    const response = await get('rooms.csv', parameters);
    expect([response.status, await response.json()]).toEqual([
      400,
      { code: 'BAD_USER_INPUT', message: expect.stringMatching(message) as unknown },
    ]);
  });

  it('for a parameter that is given twice', async () => {
    const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
    const response = await fetch(`${service.url}/export/rooms.csv?fields=sid&fields=name`, { headers });
    expect(await response.json()).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'The parameter fields is given more than once.',
    });
  });
});
