import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const ended = (startedAt: Date, endedAt: Date) => ({ startedAt, endedAt, endSource: 'REPORTED' });
const t = (time: string): string => `"2026-11-24T${time}Z"`;

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await new Rows(service.database).rooms(
    { ...ended(new Date('2026-11-22T11:00:00Z'), at('11:59:00')), sid: 'days' },
    { ...ended(at('11:57:00'), at('11:58:30')), sid: 'brief' },
    { ...ended(at('11:58:00'), at('11:58:00')), sid: 'none' },
    { ...ended(at('11:00:00'), at('11:54:00')), sid: 'before' },
    { ...ended(at('11:59:30'), at('11:59:40')), sid: 'after' },
    { sid: 'open', startedAt: at('11:30:00') },
  );
});
afterAll(() => service.stop());

/** Rooms by start, and by end, of which open ones come last. */
describe.each([
  [`activeAt: ${t('11:58:00')}`, 'days open brief', 'brief days open'],
  [`activeAt: ${t('11:58:30')}`, 'days open', 'days open'],
  [`activeAt: ${t('11:53:00')}`, 'days before open', 'before days open'],
  [`activeAt: ${t('11:59:59.999')}`, 'open', 'open'],
  [`activeAt: ${t('11:58:00')}, active: false`, 'days brief', 'brief days'],
  [`activeDuring: {from: ${t('11:58:00')}, to: ${t('11:59:00')}}`, 'days open brief', 'brief days open'],
  [`activeDuring: {from: ${t('11:59:00')}, to: ${t('12:00:00')}}`, 'open after', 'after open'],
  [`endedAt: {gte: ${t('11:58:30')}, lt: ${t('11:59:30')}}`, 'days brief', 'brief days'],
])('rooms of the last minutes, by %s', (filter, byStart, byEnd) => {
  it.each([
    ['STARTED_AT', byStart],
    ['ENDED_AT', byEnd],
  ])('in the order of %s', async (field, expected) => {
    const { data, errors } = await service.query<{ list: { nodes: { sid: string }[]; totalCount: { value: number } } }>(
      `{ list: rooms(filter: {${filter}}, orderBy: {field: ${field}, direction: ASC}) { nodes { sid } totalCount { value } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.list.nodes.map(({ sid }) => sid).join(' ')).toBe(expected);
    expect(data.list.totalCount.value).toBe(expected.split(' ').length);
  });
});
