import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import sdl from '../../src/graphql/schema.graphql?raw';
import { asGraphql, exportPath, groupWords, type Question, questionOf } from './question';
import { windowsOf } from './windows';

const ask = (query: string): Question =>
  questionOf(new URLSearchParams(query), { timeZone: 'Europe/Berlin', today: '2026-11-30' });

describe('the question of an address', () => {
  it('is about people by tenant in this month, unless it says more', () => {
    expect(ask('')).toEqual({
      meter: 'PARTICIPANT',
      from: '2026-10-31T23:00:00.000Z',
      to: '2026-11-30T23:00:00.000Z',
      interval: 'DAY',
      timeZone: 'Europe/Berlin',
      groupBy: [{ roomMetadata: 'tenant' }],
      filter: { excludeParticipantKind: ['AGENT', 'EGRESS'] },
      rounding: 'CEIL_SESSION',
    });
  });

  it.each([
    ['month=2028-02', '2028-01-31', '2028-02-29'],
    ['month=2026-13', '2026-10-31', '2026-11-30'],
    ['from=2026-11-03&to=2026-11-01', '2026-10-31', '2026-11-03'],
    ['from=2026-11-29', '2026-11-28', '2026-11-30'],
    ['from=never', '2026-10-31', '2026-11-30'],
  ])('%s is from %s to %s, at 23:00 in UTC', (query, from, to) => {
    expect(ask(query)).toMatchObject({ from: `${from}T23:00:00.000Z`, to: `${to}T23:00:00.000Z` });
  });

  it.each([
    ['group=none', [], null],
    ['group=metadata:plan.name', [{ roomMetadata: 'plan.name' }], 'plan.name'],
    ['group=attribute:plan', [{ attribute: 'plan' }], 'plan'],
    ['group=metadata:', [], null],
    ['group=prefix:-', [{ roomNamePrefix: '-' }], 'room name up to -'],
    ['group=field:IDENTITY', [{ field: 'IDENTITY' }], 'person'],
    ['group=field:IDENTITY&meter=ROOM', [], null],
  ])('%s groups by %j', (query, groupBy, words) => {
    expect([ask(query).groupBy, groupWords(ask(query))]).toEqual([groupBy, words]);
  });

  it('narrows to a tenant and a room, and counts everybody where nobody is left out', () => {
    expect(ask('tenant=acme&room=daily&without=nobody').filter).toEqual({
      roomMetadata: { path: 'tenant', eq: 'acme' },
      roomName: { eq: 'daily' },
    });
  });
});

describe('as GraphQL', () => {
  const schema = buildSchema(sdl);

  it.each(['', 'group=attribute:pl"an&tenant=a"b&room=x', 'group=field:ROOM_NAME&meter=EGRESS&by=HOUR', 'group=none'])(
    'the question %j fits the schema',
    (query) => {
      expect(validate(schema, parse(asGraphql(ask(query))))).toEqual([]);
    },
  );
});

it('the address of an export holds the whole question', () => {
  const { searchParams } = new URL(exportPath(ask('tenant=acme'), 'csv'), 'http://ledger.example/');
  expect(JSON.parse(searchParams.get('filter')!)).toEqual(ask('tenant=acme').filter);
  expect(JSON.parse(searchParams.get('groupBy')!)).toEqual([{ roomMetadata: 'tenant' }]);
});

it('a day in which clocks are set back has 25 hours, and a month as many days as it has', () => {
  expect(windowsOf(ask('from=2026-10-25&to=2026-10-25&by=HOUR'))).toHaveLength(25);
  const days = windowsOf(ask('month=2026-10'));
  expect([days.length, days[0], days.at(-1)]).toEqual([31, '2026-09-30T22:00:00.000Z', '2026-10-30T23:00:00.000Z']);
});
