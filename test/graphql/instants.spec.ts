import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type Service } from '../support/service.js';

/** Any RFC 3339 time is answered, wherever a time can stand. */
const times = [
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999-23:59',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '2016-12-31T23:59:60Z',
];
const starts = {
  rooms: ['startedAt', 'endedAt', 'STARTED_AT', 'ENDED_AT'],
  participants: ['joinedAt', 'leftAt', 'JOINED_AT', 'LEFT_AT'],
  tracks: ['publishedAt', 'unpublishedAt', 'PUBLISHED_AT', 'UNPUBLISHED_AT'],
  egresses: ['startedAt', 'endedAt', 'STARTED_AT', 'ENDED_AT'],
  ingressSessions: ['startedAt', 'endedAt', 'STARTED_AT', 'ENDED_AT'],
  agentJobs: ['startedAt', 'startedAt'],
};

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

type Errors = readonly { readonly message: string; readonly extensions: { readonly code: string } }[];

async function errorsOf(query: string): Promise<Errors> {
  return (await service.query(query)).errors ?? [];
}

test.each(times)('%s is answered in every filter of every list', async (time) => {
  for (const [list, [start, end, ...fields]] of Object.entries(starts)) {
    const orders = fields.length === 0 ? [''] : fields.map((field) => `orderBy: { field: ${field}, direction: ASC }, `);
    const filters = [
      `activeAt: "${time}"`,
      `activeDuring: { from: "0001-01-02T00:00:00Z", to: "${time}" }`,
      `activeDuring: { from: "${time}", to: "9999-12-31T23:59:59.999Z" }`,
      ...[start, end].flatMap((field) => [`${field}: { gte: "${time}" }`, `${field}: { lt: "${time}" }`]),
    ];
    for (const order of orders) {
      for (const filter of filters) {
        const errors = await errorsOf(`{ ${list}(${order}filter: { ${filter} }) { nodes { id } } }`);
        expect(codesOf(errors), `${list} ${order}${filter}`).toEqual([]);
      }
    }
  }
});

test.each(times)('%s is answered in usage, events and exports', async (time) => {
  const windows = [`from: "0001-01-02T00:00:00Z", to: "${time}"`, `from: "${time}", to: "9999-12-31T23:59:59.999Z"`];
  for (const window of windows) {
    const question = (interval: string) =>
      errorsOf(
        `{ usage(meter: ROOM, ${window}${interval}) { from seconds minutes(rounding: CEIL_SESSION) peakConcurrency } }`,
      );
    expect(codesOf(await question('')), window).toEqual([]);
    const monthly = await question(', interval: MONTH, timeZone: "America/New_York"');
    expect(codesOf(monthly.filter(({ message }) => !message.includes('200 years'))), window).toEqual([]);
  }
  expect(
    codesOf(await errorsOf(`{ webhookEvents(filter: { receivedAt: { gte: "${time}" } }) { nodes { id } } }`)),
  ).toEqual([]);
  const authorization = `Bearer ${await service.token({ roomList: true })}`;
  const range = new URLSearchParams({ from: '0001-01-02T00:00:00Z', to: time });
  const { status } = await fetch(`${service.url}/export/rooms.csv?${range}`, { headers: { authorization } });
  expect(status).toBe(time.startsWith('000') ? 400 : 200);
});

/** An empty interval is no fault of the time. */
function codesOf(errors: Errors): string[] {
  return errors.filter(({ message }) => !message.includes('is empty')).map(({ extensions }) => extensions.code);
}
