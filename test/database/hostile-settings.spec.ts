import { expect, onTestFinished, test } from 'vitest';
import { askAll } from '../support/answers.js';
import { createDatabase } from '../support/database.js';
import { query } from '../support/embedded.js';
import { recordings } from '../support/histories.js';
import { type Service, startService } from '../support/service.js';

/** As whoever runs the server may have set them. */
const hostile = [
  `extra_float_digits = '-15'`,
  `DateStyle = 'SQL, DMY'`,
  `TimeZone = 'Asia/Kathmandu'`,
  `IntervalStyle = 'sql_standard'`,
  `bytea_output = 'escape'`,
  `standard_conforming_strings = off`,
  `array_nulls = off`,
  `transform_null_equals = on`,
  `quote_all_identifiers = on`,
  `default_transaction_isolation = 'serializable'`,
  `default_transaction_deferrable = on`,
  `statement_timeout = 1`,
  `lock_timeout = 1`,
  `idle_in_transaction_session_timeout = 1`,
];

async function serviceWith(settings: readonly string[], now?: number): Promise<Service> {
  const database = await createDatabase();
  const name = new URL(database.url).pathname.slice(1);
  for (const setting of settings)
    await query(database.url, `set statement_timeout = 0; alter database ${name} set ${setting}`);
  const service = await startService({ databaseUrl: database.url, ...(now && { clock: { now: () => now } }) });
  onTestFinished(async () => {
    await service.stop();
    await database.drop();
  });
  return service;
}

test.each(['extra_float_digits = 0', ...hostile])(
  'a track keeps its times where the database has %s',
  async (setting) => {
    const now = 1_795_990_000_000;
    const service = await serviceWith([setting], now);
    const event = (name: string, createdAt: number) => ({
      id: `EV_${name}`,
      event: name,
      createdAt,
      room: { sid: 'RM_1', name: 'daily' },
      participant: { sid: 'PA_1', identity: 'ann' },
      track: { sid: 'TR_1', version: { unixMicro: '1795985981526596' } },
    });
    await service.deliver(JSON.stringify(event('track_published', 1_795_985_981)));
    await service.deliver(JSON.stringify(event('track_unpublished', 1_795_986_041)));
    const { data } = await service.query('{ tracks { nodes { publishedAt durationSeconds endSource } } }');
    expect(data).toEqual({
      tracks: { nodes: [{ publishedAt: '2026-11-29T20:59:41.526Z', durationSeconds: 59.474, endSource: 'REPORTED' }] },
    });
  },
);

test('a recording has the same rows whatever the database has set', async () => {
  const { deliveries } = recordings()[0]!;
  const now = deliveries.at(-1)!.receivedAt + 1000;
  const [plain, odd] = await Promise.all([serviceWith([], now), serviceWith(hostile, now)]);
  for (const { body } of deliveries) await Promise.all([plain, odd].map((service) => service.deliver(body)));
  const [expected, answered] = await Promise.all(
    [plain, odd].map(async (service) => askAll(service, await service.token({ roomList: true }))),
  );
  expect(answered).toEqual(expected);
});
