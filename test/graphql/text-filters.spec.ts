import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const names = [
  'Straße 7',
  'STRASSE',
  'İstanbul',
  'ISPARTA',
  'ısparta',
  'ΟΔΟΣ',
  'οδοσ',
  'Άνθρωπος',
  'ĄŻ',
  'a%b_c\\d',
  'ﬁn',
];
const span = 'joinedAt: {gte: "2026-11-01T00:00:00Z"}';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  const people = names.map((name, index) => ({ sid: `PA_${index}`, name, identity: `id-${index}` }));
  await rows.participants(...people, { sid: 'PA_nameless', identity: 'Zoë' });
  await rows.rooms({});
});
afterAll(() => service.stop());

async function found(list: string, filter: string, token?: string): Promise<string[]> {
  const { data, errors } = await service.query<Record<string, { nodes: { id: string; name?: string | null }[] }>>(
    `{ ${list}(filter: {${filter}}, first: 200) { nodes { id name } totalCount { value } } }`,
    {},
    token,
  );
  expect(errors).toBeUndefined();
  return data[list]!.nodes.map(({ id, name }) => name ?? id).sort();
}

describe('a text is found in names of any case', () => {
  it.each([
    ['strasse', ['Straße 7', 'STRASSE']],
    ['STRAẞE', ['Straße 7', 'STRASSE']],
    ['aß', ['Straße 7', 'STRASSE']],
    ['istanbul', ['İstanbul']],
    ['İSTANBUL', ['İstanbul']],
    ['ISTANBUL', ['İstanbul']],
    ['ısparta', ['ISPARTA', 'ısparta']],
    ['isparta', ['ISPARTA', 'ısparta']],
    ['οδος', ['ΟΔΟΣ', 'οδοσ']],
    ['ΟΔΟΣ', ['ΟΔΟΣ', 'οδοσ']],
    ['ΆΝΘΡΩΠΟΣ', ['Άνθρωπος']],
    ['ανθρωπος', []],
    ['ąż', ['ĄŻ']],
    ['az', []],
    ['FI', ['ﬁn']],
    ['%', ['a%b_c\\d']],
    ['b_C\\', ['a%b_c\\d']],
    ['_', ['a%b_c\\d']],
    ['', names],
    ["' or true --", []],
  ])('%j', async (text, expected) => {
    expect(await found('participants', `name: {contains: ${JSON.stringify(text)}}, ${span}`)).toEqual(
      [...expected].sort(),
    );
  });
});

describe('what stands beside a text that is searched', () => {
  const searched = 'identity: {contains: "ZOË"}';
  it.each([
    'joinedAt: {gte: "2026-11-01T00:00:00Z"}',
    'leftAt: {gte: "2026-11-01T00:00:00Z"}, active: true',
    'activeAt: "2026-11-24T11:00:00Z"',
    'activeDuring: {from: "2026-11-24T10:00:00Z", to: "2026-11-24T11:00:00Z"}',
    'active: true',
    'roomSid: ["RM_1"]',
    'roomName: {eq: "daily"}',
    'roomName: {in: ["daily", "weekly"]}',
    'sid: ["PA_nameless"]',
  ])('may be %s', async (beside) => {
    const expected = beside.startsWith('leftAt') ? [] : ['PA_nameless'];
    expect(await found('participants', `${searched}, ${beside}`)).toEqual(expected);
  });

  it('may be the same filter, or the room that a list or a token is of', async () => {
    expect(await found('participants', 'identity: {contains: "ZOË", eq: "Zoë"}')).toEqual(['PA_nameless']);
    expect(await found('participants', 'identity: {contains: "ZOË", in: ["Zoë", "a"]}')).toEqual(['PA_nameless']);
    const ofRoom = await service.token({ roomAdmin: true, room: 'daily' });
    expect(await found('participants', searched, ofRoom)).toEqual(['PA_nameless']);
    const { data } = await service.query(
      `{ room(sid: "RM_1") { participants(filter: {${searched}}) { nodes { id } } } }`,
    );
    expect(data).toEqual({ room: { participants: { nodes: [{ id: 'PA_nameless' }] } } });
    expect(await found('rooms', 'name: {contains: "AIL"}, identity: "Zoë"')).toEqual(['daily']);
  });

  it.each([
    ['participants', searched],
    ['participants', `${searched}, kind: [STANDARD], active: false`],
    ['participants', `${searched}, joinedAt: {lt: "2027-01-01T00:00:00Z"}`],
    ['participants', `${searched}, roomName: {startsWith: "d"}`],
    ['participants', `${searched}, name: {notIn: ["a"]}`],
    ['rooms', 'name: {contains: "a"}, participantCount: {gte: 1}'],
    ['rooms', 'name: {contains: "a"}, metadata: {path: "a", eq: "b"}'],
  ])('must bound it: %s by %s are refused', async (list, filter) => {
    const { data, errors } = await service.query(`{ ${list}(filter: {${filter}}) { totalCount { value } } }`);
    expect([data, errors]).toMatchObject([
      null,
      [
        {
          message: expect.stringMatching(
            /^To search (name|identity) for what it contains, name a span with a beginning/,
          ),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    ]);
  });

  it('is nothing else where the text is too long', async () => {
    const { errors } = await service.query(
      `{ participants(filter: {name: {contains: "${'x'.repeat(257)}"}, ${span}}) { nodes { id } } }`,
    );
    expect(errors).toMatchObject([{ message: 'The contains has 257 characters, more than 256.' }]);
  });
});

describe('none of several texts', () => {
  it('also means rows without a value', async () => {
    const others = [...names.filter((name) => name !== 'STRASSE' && name !== 'ĄŻ'), 'PA_nameless'].sort();
    expect(await found('participants', 'name: {notIn: ["STRASSE", "ĄŻ", "no one"]}')).toEqual(others);
    expect(await found('participants', 'name: {notIn: []}')).toEqual([...names, 'PA_nameless'].sort());
    expect(await found('participants', 'identity: {notIn: ["id-1"], startsWith: "id-1"}')).toEqual(['ﬁn']);
  });

  it('is refused for more than 200', async () => {
    const many = JSON.stringify(Array.from({ length: 201 }, String));
    const { errors } = await service.query(`{ participants(filter: {name: {notIn: ${many}}}) { nodes { id } } }`);
    expect(errors).toMatchObject([{ message: 'A list of 201 values is longer than 200.' }]);
  });
});
