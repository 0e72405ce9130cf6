import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionLists } from '../../src/export/lists.js';
import { type Service, startService } from '../support/service.js';

const now = 1_795_000_000;
const lines: string[] = [];
const keep = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '));

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now * 1000 } });
  Logger.overrideLogger({ log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep });
  for (const [index, event] of events.entries()) {
    await service.deliver(JSON.stringify({ id: `EV_${index}`, createdAt: `${now}`, ...event }));
  }
});
afterAll(() => service.stop());

/** Every one that is planted. */
const planted: string[] = [];
function secret(name: string): string {
  planted.push(`s3cret-${name}`);
  return `s3cret-${name}`;
}

const room = { sid: 'RM_1', name: 'lobby' };
const fullRoom = { ...room, creationTime: `${now}`, turnPassword: secret('turn'), metadata: '{"tenant":"t1"}' };
const storage = {
  s3: {
    accessKey: secret('access'),
    secret: secret('s3'),
    session_token: secret('session'),
    assumeRoleExternalId: secret('external'),
    endpoint: `https://u:${secret('endpoint')}@minio.example`,
    proxy: { url: `u:${secret('proxy-url')}@p:3128`, username: secret('user'), password: secret('proxy') },
  },
};
const azure = { accountName: secret('account'), account_key: secret('azure') };
const key = secret('key');
const web = {
  url: `https://app.example/?token=${secret('web')}#${secret('fragment')}`,
  streamOutputs: [
    {
      urls: [
        `rtmp://live.example/app/"${key}/?auth=1`,
        `rtmpt://h?key=${secret('query')}`,
        `srt://h?streamid=#!::u=a,s=${secret('stream-id')};passphrase=${secret('passphrase')}`,
        `mux://${secret('mux')}`,
      ],
    },
  ],
  fileOutputs: [storage, { azure }, { gcp: { credentials: JSON.stringify({ private_key: secret('gcp') }) } }],
  segmentOutputs: [{ aliOSS: { access_key: secret('ali'), secret: secret('oss') } }],
  webhooks: [{ url: `https://hooks.example/?t=${secret('hook')}`, signingKey: secret('signing') }],
};
const results = {
  error: `upload with ${storage.s3.accessKey} to rtmp://live.example/app/${key} failed: 403`,
  details: `End reason: ${storage.s3.secret}`,
  fileResults: [
    {
      filename: 'rec/standup.mp4',
      location: `https://b.s3.amazonaws.com/rec/standup.mp4?X-Amz-Signature=${secret('signature')}`,
    },
  ],
  streamResults: [{ url: `rtmp://live.example/app/${key}`, error: `lost ${key}` }],
};
const ingress = { ingressId: 'IN_1', streamKey: secret('ingress'), url: `rtmp://in.example/x/${secret('push')}` };
const job = {
  id: 'AJ_1',
  room: { ...room, turn_password: secret('job-turn') },
  state: { error: `https://u:${secret('job')}@h` },
};

const events: object[] = [
  { event: 'room_started', room: fullRoom },
  {
    event: 'participant_joined',
    room: fullRoom,
    participant: { sid: 'PA_1', identity: 'ann', name: fullRoom.turnPassword },
  },
  { event: 'egress_ended', egressInfo: { egressId: 'EG_1', roomId: 'RM_1', roomName: 'lobby', web, ...results } },
  {
    event: 'egress_ended',
    egress_info: { egress_id: 'EG_2', egress: { web: { url: web.url }, outputs: web.fileOutputs, storage } },
  },
  {
    event: 'egress_ended',
    egressInfo: { egressId: 'EG_3', track: { websocket_url: `wss://h?t=${secret('socket')}` } },
  },
  { event: 'egress_ended', egressInfo: JSON.stringify({ web }) },
  {
    event: 'ingress_started',
    ingressInfo: { ...ingress, name: `in ${ingress.streamKey}`, state: { resourceId: 'R_1' } },
  },
  { event: 'agent_job_ended', job },
  { event: 'room_started', room: [fullRoom] },
  {
    event: 'teleported',
    wrapper: { deep: [{ egress_info: { replay: { storage } } }], text: JSON.stringify({ storage }) },
  },
];

function expectNoSecret(text: string): void {
  expect(planted.filter((secret) => text.includes(secret))).toEqual([]);
}

test('no table holds a secret', async () => {
  const { rows: tables } = await service.database.queries.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`,
  );
  expect(tables.map(({ name }) => name)).toContain('webhook_event');
  for (const { name } of tables) {
    const { rows } = await service.database.queries.query(`select to_jsonb(t)::text as row from ${name} t`);
    expectNoSecret(JSON.stringify(rows));
  }
  const { rows } = await service.database.queries.query(`select payload::text from webhook_event where id = 'EV_2'`);
  const kept = JSON.stringify(rows);
  for (const text of ['[redacted]', 'rec/standup.mp4', 'rtmp://live.example/app/', '403']) expect(kept).toContain(text);
});

test('no answer of the API holds a secret', async () => {
  const { data, errors } = await service.query(`{
    webhookEvents(first: 50) { nodes { id payload problem } }
    egresses { nodes { egressId error details info outputs { filename location url error } } }
    ingressSessions { nodes { name error info } }
    agentJobs { nodes { error info } }
    rooms { nodes { name metadata } }
    participants { nodes { identity name metadata } }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    webhookEvents: { nodes: { length: events.length } },
    egresses: { nodes: { length: 3 } },
    ingressSessions: { nodes: { length: 1 } },
    agentJobs: { nodes: { length: 1 } },
    rooms: { nodes: [{ name: 'lobby', metadata: '{"tenant":"t1"}' }] },
  });
  expectNoSecret(JSON.stringify(data));
});

test('no export holds a secret', async () => {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  for (const list of sessionLists.keys()) {
    const response = await fetch(`${service.url}/export/${list}.csv`, { headers });
    expect(response.status).toBe(200);
    expectNoSecret(await response.text());
  }
});

test('neither the log nor the metrics hold a secret, or the token of what was refused', async () => {
  const refused = [
    'nonsense',
    service.sign({ iss: 'nobody' }),
    service.sign({ sha256: 'x' }),
    service.sign({ exp: now - 500 }),
  ];
  for (const authorization of refused) {
    expect((await service.post(JSON.stringify(events[2]), { headers: { authorization } })).status).toBe(401);
  }
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toContain('TOKEN_MALFORMED');
  const told = lines.join('\n') + metrics;
  expect(told).toContain('Webhook refused');
  expectNoSecret(told);
  for (const token of refused) expect(told).not.toContain(token);
});
