import { WebhookEvent } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './json.js';
import { redact } from './redact.js';
import { fieldKinds, type Kind } from './secret-fields.js';

const SECRET = 'hunter2-hunter2';
const json = (event: JsonObject) => JSON.stringify(redact(structuredClone(event)));

/** Every text of the newest protobufs that can hold no secret of LiveKit's, or that whoever uses it wrote. */
const harmless = `
  Codec.mime Codec.fmtpLine ParticipantInfo.name ParticipantInfo.region TrackInfo.name TrackInfo.mimeType TrackInfo.mid
  TrackInfo.stream VideoLayer.rid SimulcastCodecInfo.mimeType SimulcastCodecInfo.mid SimulcastCodecInfo.cid
  SimulcastCodecInfo.sdpCid DataTrackInfo.name DataTrackFrameEncoding.custom DataTrackSchemaId.name
  DataTrackSchemaEncoding.custom EgressInfo.error EgressInfo.details TemplateSource.layout S3Upload.assumeRoleArn
  S3Upload.region S3Upload.bucket GCPUpload.bucket AzureBlobUpload.containerName AliOSSUpload.region AliOSSUpload.bucket
  FilterParams.includeEvents FilterParams.excludeEvents RoomCompositeEgressRequest.layout StreamInfo.error
  IngressInfo.name IngressInfo.participantName IngressAudioOptions.name IngressVideoOptions.name IngressState.error
  InputVideoState.mimeType InputAudioState.mimeType Job.namespace Job.agentName Job.deployment JobState.error
`.split(/\s+/);

interface Field {
  /** `S3Upload.secret` */
  readonly field: string;
  readonly kind: Kind | undefined;
  /** From the event on; a list's are in brackets. */
  readonly path: readonly string[];
  readonly names: readonly string[];
}

interface MessageType {
  readonly typeName: string;
  readonly fields: { list(): readonly ProtocolField[] };
}
interface ProtocolField {
  readonly name: string;
  readonly jsonName: string;
  readonly kind: string;
  readonly repeated?: boolean;
  readonly T?: unknown;
}

/** Every text field of the protocol, at every path that leads to it. */
function textsOf(type: MessageType, path: string[] = [], names: string[] = []): Field[] {
  const message = type.typeName.replace('livekit.', '');
  return type.fields.list().flatMap(({ name, jsonName, kind, T, repeated }) => {
    const list = repeated ? '[]' : '';
    const at = { path: [...path, jsonName + list], names: [...names, name + list] };
    if (kind === 'message') return textsOf(T as MessageType, at.path, at.names);
    if (kind !== 'map' && T !== STRING && T !== BYTES) return [];
    return [{ field: `${message}.${jsonName}`, kind: fieldKinds[message]?.[jsonName], ...at }];
  });
}

const STRING = 9;
const BYTES = 12;
const texts = textsOf(WebhookEvent as unknown as MessageType);

function plant(path: readonly string[], value: Json): JsonObject {
  const [first = '', ...rest] = path;
  const inner = rest.length > 0 ? plant(rest, value) : value;
  return first.endsWith('[]') ? { [first.slice(0, -2)]: [inner] } : { [first]: inner };
}

/** As a webhook writes the path, as the API does, and half and half. */
function spellings({ path, names }: Field): (readonly string[])[] {
  return [path, names, path.map((name, index) => (index % 2 === 0 ? name : (names[index] ?? name)))];
}

const urls = [
  `rtmp://live.example.com/app/${SECRET}`,
  `rtmps://live.example.com/app/${SECRET}/?a=b`,
  `rtmp://h/app/"${SECRET}`,
  `rtmp://h?key=${SECRET}`,
  `rtmpt://h/app/<${SECRET}`,
  `srt://h:9000?mode=caller&streamid=${SECRET}`,
  `srt://h?streamid=#!::u=a,s=${SECRET}`,
  `srt://h;passphrase=${SECRET}`,
  `mux://${SECRET}`,
  `twitch://${SECRET}`,
  `wss://h/socket?token=${SECRET}`,
  `https://u:${SECRET}@h/x`,
  `https://u:/${SECRET}#?@h/x`,
  `https://h/x#${SECRET}`,
  `u:${SECRET}@proxy:3128`,
];
const locations = [
  `https://b.s3.amazonaws.com/rec/x.mp4?X-Amz-Signature=${SECRET}`,
  `https://a.blob.core.windows.net/c/rec/x.mp4?sv=1&sig=${SECRET}`,
  `https://u:${SECRET}@minio:9000/rec/x.mp4`,
  `https://h/rec/x.mp4#${SECRET}`,
];

describe('the fields of the newest protobufs', () => {
  it('are each known to be secret, or known to be harmless', () => {
    const known = new Set(harmless);
    const unknown = texts.filter(({ field, kind }) => kind === undefined && !known.has(field));
    expect([...new Set(unknown.map(({ field }) => field))]).toEqual([]);
  });

  it('are all that the table names, but for those that are newer than the package', () => {
    const named = Object.entries(fieldKinds).flatMap(([message, kinds]) =>
      Object.entries(kinds)
        .filter(([, kind]) => kind === 'secret' || kind === 'account' || kind === 'url')
        .map(([name]) => `${message}.${name}`),
    );
    const there = new Set(texts.map(({ field }) => field));
    expect(named.filter((field) => !there.has(field))).toEqual(['StreamDestination.url']);
  });

  const secrets = texts.filter(({ kind }) => kind === 'secret' || kind === 'account');
  const fields = [...new Set(secrets.map(({ field }) => field))];
  it.each(fields)('%s is hidden wherever it is, in both spellings, of whatever shape', (name) => {
    for (const found of secrets.filter(({ field }) => field === name)) {
      for (const path of spellings(found)) {
        for (const value of [SECRET, [SECRET], { value: SECRET }, `{${SECRET}}`, '{hunter}', 1234567] as Json[]) {
          const written = json({ event: 'egress_ended', id: 'EV_1', ...plant(path, value) });
          expect(written).not.toMatch(/hunter|1234567/);
          expect(written).toContain('[redacted]');
        }
      }
    }
  });

  const links = texts.filter(({ kind }) => kind === 'url');
  it.each([...new Set(links.map(({ field }) => field))])('%s is read as a URL', (name) => {
    for (const found of links.filter(({ field }) => field === name)) {
      for (const path of spellings(found)) {
        for (const url of urls) {
          for (const value of [url, [url], { value: url }]) {
            expect(json({ id: 'EV_1', ...plant(path, value) })).not.toContain(SECRET);
          }
        }
      }
    }
  });

  const files = texts.filter(({ kind }) => kind === 'location');
  it.each([...new Set(files.map(({ field }) => field))])('%s keeps the path and loses the rest', (name) => {
    for (const found of files.filter(({ field }) => field === name)) {
      for (const path of spellings(found)) {
        for (const url of locations) {
          const written = json({ id: 'EV_1', ...plant(path, url) });
          expect(written).not.toContain(SECRET);
          expect(written).toContain('rec/x.mp4');
        }
        expect(json(plant(path, 'rec/a b@c#1.mp4'))).toContain('rec/a b@c#1.mp4');
      }
    }
  });

  it('stay, where they are harmless', () => {
    const others = texts.filter(({ kind }) => kind !== 'secret' && kind !== 'account');
    for (const { path, kind } of others) {
      const value = kind === 'url' ? 'https://h.example/x?layout=grid' : 'rec/standup.mp4';
      expect(redact(plant(path, value))).toEqual(plant(path, value));
    }
  });
});

const key = { s3: { secret: SECRET } };

describe('redact', () => {
  it.each<[string, JsonObject]>([
    [
      'a destination that is newer than the package',
      {
        egressInfo: {
          egress: { outputs: [{ stream: { destinations: [{ id: 'a', url: `rtmp://h/app/${SECRET}` }] } }] },
        },
      },
    ],
    ['an unknown wrapper', { event: 'teleported', wrapper: { deep: [{ egressInfo: { web: key } }] } }],
    ['an unknown request', { egressInfo: { hologram: { fileOutputs: [key] } } }],
    ['an egress as text', { egressInfo: `s3 { secret: "${SECRET}" }` }],
    ['an egress as text in a wrapper', { wrapper: { egressInfo: `s3 { secret: "${SECRET}" }` } }],
    ['an egress as JSON in a wrapper', { wrapper: JSON.stringify({ egressInfo: { web: key } }) }],
    ['a room as text', { room: SECRET }],
    ['a room as a list', { room: [{ turnPassword: SECRET }] }],
    ['a job as a list, its room as well', { job: [{ room: [{ turn_password: SECRET }] }] }],
    ['lists in lists', { egressInfo: [[{ web: [[key]] }]] }],
    ['an upload as text', { egressInfo: { web: { fileOutputs: [{ s3: `secret=${SECRET}` }] } } }],
    [
      'names that only sound secret',
      { job: { bearerToken: SECRET, api_key: SECRET, StreamKey: SECRET, callback_uri: `u:${SECRET}@h` } },
    ],
    ['a map whose values are no texts', { participant: { attributes: { a: { password: SECRET } } } }],
    ["a URL in a job's error", { job: { state: { error: `rtmp://h/app/${SECRET} failed` } } }],
    ["a URL in an ingress' name", { ingressInfo: { name: `https://u:${SECRET}@h` } }],
    ['a URL in place of a number', { egressInfo: { startedAt: `mux://${SECRET}` } }],
    [
      'a destination in an error',
      { egressInfo: { error: `could not reach "rtmp://a.example/app/${SECRET}": refused` } },
    ],
    ['an event that cannot be projected', { event: 'teleported', egressInfo: key }],
  ])('hides what is in %s', (_, event) => {
    expect(json(event)).not.toContain(SECRET);
    expect(json(event)).toContain('[redacted]');
  });

  it.each<[string, JsonObject]>([
    ['an attribute called password', { participant: { attributes: { password: 'open sesame', token: 'x' } } }],
    ["a job's attribute called secret", { job: { attributes: { secret: 'open sesame' } } }],
    ["an upload's own metadata", { egressInfo: { web: { s3: { metadata: { password: 'open sesame' } } } } }],
    ['metadata that is JSON', { room: { metadata: '{"password":"open sesame","url":"https://a:b@c/"}' } }],
    ["an ingress' participant metadata", { ingressInfo: { participantMetadata: 'https://a:b@c/' } }],
    [
      'what LiveKit cut already',
      {
        egressInfo: {
          web: { s3: { accessKey: '{access_key}', secret: '{secret}', assume_role_external_id: '{external_id}' } },
          streamResults: [{ url: 'rtmp://a/app/{ab...yz}' }, { url: 'srt://h?streamid={...}' }],
        },
        ingressInfo: { streamKey: '{ab...yz}' },
      },
    ],
    ['an empty secret', { room: { turnPassword: '' } }],
    [
      'where an egress lies',
      { egressInfo: { fileResults: [{ filename: 'rec/x.mp4', location: 's3://b/rec/x.mp4' }] } },
    ],
    [
      'what an unknown field says',
      { event: 'x', weather: { mood: 'sunny', state: 'ACTIVE', list: ['{', '[a', '{"a":1}'] } },
    ],
  ])('leaves %s', (_, event) => {
    expect(redact(structuredClone(event))).toEqual(event);
  });

  it("takes LiveKit's placeholder of one field for a secret in another", () => {
    expect(json({ egressInfo: { web: { s3: { accessKey: '{secret}' } } } })).not.toContain('{secret}');
  });
});

describe('what was hidden is hidden wherever else it recurs', () => {
  it.each<[string, JsonObject]>([
    ['error', { egressInfo: { ...key, error: `bad key ${SECRET}!` } }],
    ['details', { egressInfo: { ...key, details: `x${SECRET}x` } }],
    ['names', { room: { turnPassword: SECRET }, participant: { name: SECRET }, track: { name: SECRET } }],
    ['metadata', { room: { turnPassword: SECRET, metadata: JSON.stringify({ a: SECRET }) } }],
    [
      'attributes, and their names',
      { room: { turnPassword: SECRET }, participant: { attributes: { [SECRET]: SECRET } } },
    ],
    ['the path of a file', { egressInfo: { ...key, fileResults: [{ filename: `rec/${SECRET}.mp4` }] } }],
    ['unknown fields', { ...key, other: [{ deep: SECRET }] }],
  ])('in %s', (_, event) => {
    expect(json(event)).not.toContain(SECRET);
  });

  it.each([
    ["a stream's key", { stream: { urls: ['rtmp://h/app/my"key<1/?x=1 live=1'] } }, 'my"key<1'],
    ['a password, which a URL writes in its way', { s3: { proxy: { url: 'http://u:pa%2Fss%20w@p' } } }, 'pa/ss w'],
    ['a password, which quotes write in theirs', { s3: { proxy: { password: 'pass"word\n' } } }, 'pass\\"word'],
    ['a part of a stream id', { stream: { urls: ['srt://h?streamid=#!::u=a,s=key-key'] } }, 'key-key'],
    ['a private key', { gcp: { credentials: '{"private_key":"-----BEGIN-----"}' } }, '-----BEGIN-----'],
  ])('%s', (_, request, secret) => {
    const event = { egressInfo: { web: request as JsonObject, error: `refused: ${secret}; over` } };
    expect(redact(event).egressInfo).toHaveProperty('error', expect.not.stringContaining(secret));
  });

  it("keeps a file's path that names the account, and hides the account elsewhere", () => {
    const event = {
      egressInfo: {
        web: { file: { azure: { accountName: 'recordings' } } },
        fileResults: [{ location: 'https://recordings.blob.core.windows.net/recordings/x.mp4' }],
      },
    };
    expect(redact(event).egressInfo).toHaveProperty(
      ['fileResults', 0, 'location'],
      'https://[redacted].blob.core.windows.net/recordings/x.mp4',
    );
  });

  it("keeps a file's path that holds the value of a query", () => {
    const event = {
      web: { url: 'https://app.example/rec?room=standup' },
      fileResults: [{ filename: 'rec/standup.mp4' }],
      error: 'no standup',
    };
    expect(redact({ egressInfo: event })).toEqual({
      egressInfo: {
        web: { url: 'https://app.example/rec?room=[redacted]' },
        fileResults: [{ filename: 'rec/standup.mp4' }],
        error: 'no [redacted]',
      },
    });
  });

  it('changes no id, no name that is a key, no state and no time', () => {
    const event = {
      event: 'EGRESS_ENDED',
      id: 'EGRESS_ENDED',
      createdAt: '1772445604',
      room: { sid: 'EGRESS_ENDED', name: 'EGRESS_ENDED', turnPassword: '1772445604' },
      participant: { sid: 'EGRESS_ACTIVE', identity: 'EGRESS_ACTIVE', joinedAt: '1772445604' },
      egressInfo: {
        egressId: 'EGRESS_ACTIVE',
        roomName: 'EGRESS_ACTIVE',
        status: 'EGRESS_ACTIVE',
        error: 'EGRESS_ACTIVE',
      },
      ingressInfo: { ingressId: 'EGRESS_ACTIVE', streamKey: 'EGRESS_ACTIVE', participantIdentity: 'EGRESS_ACTIVE' },
    };
    const kept = structuredClone(event);
    kept.room.turnPassword = kept.egressInfo.error = kept.ingressInfo.streamKey = '[redacted]';
    expect(redact(event)).toEqual(kept);
  });

  it('searches only where the JSON shows that something recurs, and finds what it writes in another way', () => {
    const event = { room: { turnPassword: SECRET, metadata: 'x' }, track: { name: SECRET } };
    expect(JSON.stringify(redact(structuredClone(event), JSON.stringify(event)))).not.toContain(SECRET);
    const escaped = JSON.stringify(event).replace('"name":"h', '"name":"\\u0068');
    expect(JSON.stringify(redact(structuredClone(event), escaped))).not.toContain(SECRET);
  });

  it('takes time in proportion to the event, however many secrets there are', () => {
    const web = Array.from({ length: 2000 }, (_, index) => ({ s3: { secret: `secret-${index}-` } }));
    const began = performance.now();
    redact({ egressInfo: { web, error: 'secret-'.repeat(200_000) } });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

const hostile = fc.string({
  unit: fc.constantFrom(...'kK9_-"\'`<>/\\?#&;=:@ %{}[].,$é\u{1F600}'),
  minLength: 8,
  maxLength: 24,
});
/** One that no other text of the event holds by chance. */
const planted = hostile.map((key) => `k9${key.trim()}9K`);
const places: ((key: string) => JsonObject)[] = [
  (key) => ({ room: { turnPassword: key } }),
  (key) => ({ ingress_info: { stream_key: key } }),
  (key) => ({ egressInfo: { web: { fileOutputs: [{ s3: { access_key: key, proxy: { password: key } } }] } } }),
  (key) => ({ egressInfo: { track: { websocketUrl: `wss://h.example/x?token=${key}` } } }),
  (key) => ({ egressInfo: { streamResults: [{ url: `rtmp://h.example/app/${key}` }] } }),
  (key) => ({ egressInfo: { streamResults: [{ url: `mux://${key}` }] } }),
  (key) => ({ egressInfo: { roomComposite: { stream: { urls: [`srt://h.example?passphrase=${key}`] } } } }),
  (key) => ({ egressInfo: { web: { url: `https://user:${key}@h.example/x` } } }),
  (key) => ({ egressInfo: { web: { file: { s3: { proxy: { url: `user:${key}@p.example:3128` } } } } } }),
  (key) => ({ egressInfo: { web: { url: `https://h.example/x#${key}` } } }),
  (key) => ({ wrapper: { s3: [{ secret: { deep: key } }] } }),
];

describe('a key with hostile characters', () => {
  it('never survives, where it belongs or where it recurs', () => {
    fc.assert(
      fc.property(planted, fc.constantFrom(...places), fc.boolean(), (key, place, recurs) => {
        const event: JsonObject = {
          ...place(key),
          job: recurs ? { state: { error: `refused: ${key} (${key})` } } : {},
        };
        const redacted = redact(structuredClone(event), JSON.stringify(event));
        expect(JSON.stringify(redacted)).not.toContain(JSON.stringify(key).slice(1, -1));
        expect(redact(structuredClone(redacted))).toEqual(redacted);
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves nothing to hide in any event', () => {
    const leaf = fc.oneof(
      planted,
      fc.constantFrom(...urls, ...locations, '[redacted]', '{secret}', `{"secret":"${SECRET}"}`),
    );
    const names = texts.flatMap(({ path, names }) => [...path, ...names]).map((name) => name.replace('[]', ''));
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...new Set(names), 'wrapper', 'apiToken', 'page_url'), tie('value'), {
          maxKeys: 4,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, (inner) => {
        const once = redact({
          wrapper: inner,
          egressInfo: structuredClone(inner),
          ingressInfo: structuredClone(inner),
        });
        expect(redact(structuredClone(once))).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });
});
