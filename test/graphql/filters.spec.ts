import { buildSchema, isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdl } from '../../src/graphql/sdl.js';
import { insertFilterRows } from '../support/filter-rows.js';
import { now, Rows } from '../support/rows.js';
import { type Answer, type Service, startService } from '../support/service.js';

type Case = readonly [filter: string, ids: string];

const t = (time: string): string => `"2026-11-24T${time}:00Z"`;

/** What every kind of session has: 1 over from eight to nine, 2 open since ten, 3 since eleven and inferred. */
const sessions = (start: string, end: string, extra: { started?: string; ended?: string }): Case[] => [
  ['{}', `1 2 3 ${extra.started ?? ''} ${extra.ended ?? ''}`],
  ['null', `1 2 3 ${extra.started ?? ''} ${extra.ended ?? ''}`],
  ['project: "default"', `1 2 3 ${extra.started ?? ''} ${extra.ended ?? ''}`],
  ['project: "other"', ''],
  ['project: null, active: null, activeAt: null', `1 2 3 ${extra.started ?? ''} ${extra.ended ?? ''}`],
  ['active: true', `2 3 ${extra.started ?? ''}`],
  ['active: false', `1 ${extra.ended ?? ''}`],
  [`${start}: {lt: ${t('10:00')}}`, `1 ${extra.ended ?? ''}`],
  [`${start}: {gte: ${t('11:00')}, lt: ${t('11:01')}}`, '3'],
  [`${start}: {gte: "2026-11-24T12:00:00+01:00", lt: ${t('11:01')}}`, '3'],
  [`${start}: {gte: null, lt: ${t('09:00')}}`, '1'],
  ...(end === ''
    ? []
    : ([
        [`${end}: {gte: ${t('09:00')}, lt: ${t('09:01')}}`, '1'],
        [`${end}: {lt: ${t('09:00')}}`, ''],
      ] as Case[])),
  [`activeAt: ${t('07:59')}`, ''],
  [`activeAt: ${t('08:00')}`, '1'],
  ['activeAt: "2026-11-24T08:59:59.999Z"', '1'],
  [`activeAt: ${t('09:00')}`, ''],
  [`activeAt: ${t('09:30')}`, ''],
  [`activeAt: ${t('10:30')}`, '2'],
  ['activeAt: "2026-11-24T11:59:59.999Z"', '2 3'],
  [`activeAt: ${t('12:00')}`, ''],
  [`activeDuring: {from: ${t('07:00')}, to: ${t('08:00')}}`, ''],
  [`activeDuring: {from: ${t('07:00')}, to: "2026-11-24T08:00:00.001Z"}`, '1'],
  [`activeDuring: {from: ${t('09:00')}, to: ${t('10:00')}}`, ''],
  [`activeDuring: {from: ${t('08:30')}, to: ${t('13:00')}}`, '1 2 3'],
  [`activeDuring: {from: ${t('12:00')}, to: ${t('14:00')}}`, ''],
  ['startSource: [INFERRED]', '3'],
  ['startSource: []', ''],
  ['endSource: [REPORTED]', '1'],
  ['endSource: [EXPIRED]', ''],
];

const ofRoom: Case[] = [
  ['roomSid: ["RM_1", "RM_2"], active: true', '2'],
  ['roomSid: []', ''],
  ['roomName: {startsWith: "acme_"}, active: false', '1'],
  ['roomName: {eq: "acme_weekly"}', '2'],
];

const cases: Record<string, { ids: string; filter: string; cases: Case[] }> = {
  rooms: {
    ids: 'RM_',
    filter: 'RoomFilter',
    cases: [
      ...sessions('startedAt', 'endedAt', { started: '5', ended: '4' }).filter(([filter]) => !filter.includes('13:00')),
      [`activeDuring: {from: ${t('08:30')}, to: ${t('13:00')}}`, '1 2 3'],
      ['sid: ["RM_1", "RM_4", "x"]', '1 4'],
      ['name: {eq: "acme_daily"}', '1'],
      ['name: {in: ["acme_daily", "future"]}', '1 5'],
      ['name: {in: []}', ''],
      ['name: {startsWith: "acme_"}', '1 2'],
      ['name: {startsWith: "b%_"}', '3'],
      ['name: {startsWith: ""}', '1 2 3 4 5'],
      ['name: {startsWith: "b_"}', ''],
      ['name: {startsWith: "acme_", in: ["acme_daily", "future"]}', '1'],
      ['name: {eq: "Acme\\u0000"}', '4'],
      ['name: {eq: "x\' or true --"}', ''],
      ['participantCount: {gte: 2}', '2 3'],
      ['participantCount: {gte: 1, lte: 4}', '2'],
      ['participantCount: {lte: 0, gte: null}', '1 4 5'],
      ['recording: true', '2 3'],
      ['recording: false', '1 4 5'],
      ['identity: "ann"', '1'],
      ['identity: "cy"', '4'],
      ['metadata: {path: "tenant.id", eq: "7"}', '1 2'],
      ['metadata: {path: "tenant.on", eq: "true"}', '1'],
      ['metadata: {path: "tenant.o", eq: "{}"}', ''],
      ['metadata: {path: "plan", eq: "null"}', ''],
      ['metadata: {path: "plan", eq: "pro"}', '1'],
      ['metadata: {path: "", eq: "pro"}', ''],
    ],
  },
  participants: {
    ids: 'PA_',
    filter: 'ParticipantFilter',
    cases: [
      ...sessions('joinedAt', 'leftAt', { ended: '4 5' }).filter(
        ([filter]) => !/08:00:00|09:00"}|lt: .*0[89]:0|REPORTED/.test(filter),
      ),
      ...ofRoom,
      ['joinedAt: {lt: "2026-11-24T09:00:00Z"}', '1 4'],
      ['leftAt: {gte: "2026-11-24T09:30:00Z"}', '5'],
      ['endSource: [REPORTED, CASCADED]', '1 4 5'],
      ['sid: ["PA_1"]', '1'],
      ['identity: {startsWith: "ann"}', '1 3'],
      ['identity: {in: ["bob", "cy"]}', '2 4 5'],
      ['name: {eq: "Bob"}', '2'],
      ['kind: [AGENT, OTHER]', '2 3'],
      ['kind: [OTHER]', '3'],
      ['kind: []', ''],
      ['state: [LEFT, ABORTED]', '1 4 5'],
      ['disconnectReason: ["CLIENT_INITIATED"]', '1'],
      ['attribute: {path: "sip.phoneNumber", eq: "+49"}', '1'],
      ['attribute: {path: "n", eq: "5"}', '1'],
      ['attribute: {path: "sip", eq: "+49"}', ''],
      ['hidden: true', '1'],
      ['excludeKindDetails: ["SIMULATION", "FORWARDED"]', '3 4 5'],
      ['excludeKindDetails: []', '1 2 3 4 5'],
    ],
  },
  tracks: {
    ids: 'TR_',
    filter: 'TrackFilter',
    cases: [
      ...sessions('publishedAt', 'unpublishedAt', { ended: '4' }),
      ['roomSid: ["RM_1"]', '1'],
      ['sid: ["TR_1", "TR_2"]', '1 2'],
      ['participantSid: ["PA_3"]', '3 4'],
      ['type: [VIDEO, OTHER]', '1 3'],
      ['type: [DATA]', '4'],
      ['source: [OTHER]', '3'],
      ['source: [UNKNOWN, CAMERA]', '1 4'],
      ['mimeType: {startsWith: "video/"}', '1'],
    ],
  },
  egresses: {
    ids: 'EG_',
    filter: 'EgressFilter',
    cases: [
      ...sessions('startedAt', 'endedAt', { ended: '4' }).map(([filter, ids]): Case => [
        `{${filter.replace(/^(null|{})$/, '')} egressId: ["EG_1", "EG_2", "EG_3", "EG_4"]}`,
        ids,
      ]),
      ...ofRoom.slice(1),
      ['roomSid: ["RM_1"]', '1 5'],
      ['status: [COMPLETE, OTHER]', '1 3'],
      ['status: [ACTIVE]', '2 6'],
      ['type: [OTHER]', '3 4'],
      ['type: [WEB]', '1'],
    ].map(([filter, ids]): Case => [filter!, ids!]),
  },
  ingressSessions: {
    ids: 'RT_',
    filter: 'IngressSessionFilter',
    cases: [
      ...sessions('startedAt', 'endedAt', { ended: '4' }),
      ...ofRoom,
      ['ingressId: ["IN_1"]', '1 2'],
      ['inputType: [WHIP]', '1'],
      ['inputType: [URL, OTHER]', '3 4'],
      ['status: [ERROR, PUBLISHING]', '2 4'],
      ['status: [OTHER]', '3'],
    ],
  },
  agentJobs: {
    ids: 'AJ_',
    filter: 'AgentJobFilter',
    cases: [
      ...sessions('startedAt', '', { started: '4' }),
      ...ofRoom,
      ['id: ["AJ_1", "AJ_4"]', '1 4'],
      ['agentName: {startsWith: "he"}', '1 2'],
      ['status: [SUCCESS, OTHER]', '1 3'],
    ],
  },
  webhookEvents: {
    ids: 'EV_',
    filter: 'WebhookEventFilter',
    cases: [
      ['{}', '1 2 3 4 5'],
      ['project: "other"', ''],
      ['id: ["EV_1", "EV_5"]', '1 5'],
      ['event: ["track_published", "egress_started"]', '2 3'],
      ['roomSid: ["RM_1"]', '1'],
      ['roomName: {startsWith: "acme"}', '1 2'],
      ['participantSid: ["PA_2"]', '2'],
      ['identity: "ann"', '1'],
      ['trackSid: ["TR_2"]', '2'],
      ['egressId: ["EG_1"]', '3'],
      ['ingressId: ["IN_1"]', '4'],
      ['resourceId: ["RT_1"]', '4'],
      ['jobId: ["AJ_1"]', '5'],
      [`createdAt: {lt: ${t('09:00')}}`, '1'],
      [`receivedAt: {gte: ${t('09:00')}}`, '2 3 4 5'],
      ['projected: false', '3'],
    ],
  },
};

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await insertFilterRows(new Rows(service.database));
});
afterAll(() => service.stop());

const braced = (filter: string): string => (/^({|null)/.test(filter) ? filter : `{${filter}}`);

function ask(
  entry: string,
  filter: string,
): Promise<Answer<{ list: { nodes: { id: string }[]; totalCount: { value: number } } }>> {
  return service.query(`{ list: ${entry}(filter: ${braced(filter)}) { nodes { id } totalCount { value } } }`);
}

describe.each(Object.entries(cases))('%s filtered', (entry, { ids, cases: ofEntry, filter: type }) => {
  it.each(ofEntry)('by %s are %s', async (filter, expected) => {
    const { data, errors } = await ask(entry, filter);
    expect(errors).toBeUndefined();
    const wanted = expected.split(' ').filter((id) => id !== '');
    expect(data.list.nodes.map(({ id }) => id.replace(ids, '')).sort()).toEqual(wanted.sort());
    expect(data.list.totalCount.value).toBe(wanted.length);
  });

  it('are tested by every filter of the schema', () => {
    const input = buildSchema(sdl).getType(type);
    const fields = isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    const text = ofEntry.map(([filter]) => filter).join(' ');
    expect(fields.filter((field) => !new RegExp(`\\b${field}:`).test(text))).toEqual([]);
  });
});

describe('a filter is refused', () => {
  const many = JSON.stringify(Array.from({ length: 201 }, (_, index) => `RM_${index}`));
  it.each([
    ['rooms', `sid: ${many}`, 'A list of 201 values is longer than 200.'],
    ['rooms', `name: {in: ${many}}`, 'A list of 201 values is longer than 200.'],
    ['participants', `excludeKindDetails: ${many}`, 'A list of 201 values is longer than 200.'],
    ['rooms', `activeDuring: {from: ${t('10:00')}, to: ${t('10:00')}}`, 'is empty'],
    ['tracks', `activeDuring: {from: ${t('10:00')}, to: ${t('09:00')}}`, 'is empty'],
    ['rooms', 'activeAt: "yesterday"', 'RFC 3339'],
    ['rooms', 'startedAt: {gte: "2026-02-30T00:00:00Z"}', 'RFC 3339'],
  ])('%s by %s', async (entry, filter, message) => {
    const { data, errors } = await ask(entry, filter);
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } }),
    ]);
  });

  it('takes a list of 200', async () => {
    const { errors } = await ask(
      'rooms',
      `sid: ${JSON.stringify(Array.from({ length: 200 }, (_, index) => `RM_${index}`))}`,
    );
    expect(errors).toBeUndefined();
  });
});
