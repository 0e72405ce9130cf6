import fc from 'fast-check';

/** 2026-03-02T10:00:00Z, s */
const epoch = 1_772_445_600;

type Event = { event: string; id: string; createdAt: string } & Record<string, unknown>;

const second = fc.nat(12);
const oneOf = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const weighted = (weights: Record<string, number>): fc.Arbitrary<string> =>
  fc.oneof(...Object.entries(weights).map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) })));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const room = fc.record({
  sid: weighted({ RM_1: 6, RM_2: 2, RM_3: 1 }),
  name: weighted({ daily: 12, weekly: 1 }),
  created: maybe(second),
  withMs: fc.boolean(),
  metadata: maybe(oneOf('{"tenant":{"id":7}}', 'plain')),
});

const participant = fc.record({
  sid: oneOf('PA_1', 'PA_2', 'PA_3', 'PA_4', 'PA_5', 'PA_6'),
  identity: weighted({ ada: 8, bob: 2, '': 1 }),
  joined: maybe(second),
  version: fc.nat(3),
  kind: weighted({ STANDARD: 3, AGENT: 1, HOLOGRAM: 1 }),
  disconnectReason: oneOf(undefined, 'CLIENT_INITIATED', 'MIGRATION', 'MIGRATION', 'SIGNAL_CLOSE'),
  isPublisher: fc.boolean(),
});

const track = fc.record({
  sid: oneOf('TR_1', 'TR_2', 'TR_3'),
  version: maybe(second),
  ticks: fc.nat(1),
  muted: fc.boolean(),
});

const roomJson = (value: Value<typeof room>) => ({
  sid: value.sid,
  name: value.name,
  ...(value.created === undefined
    ? {}
    : {
        creationTime: String(epoch + value.created),
        ...(value.withMs ? { creationTimeMs: `${epoch + value.created}500` } : {}),
        metadata: value.metadata,
      }),
});
const participantJson = ({ joined, ...rest }: Value<typeof participant>) => ({
  ...rest,
  ...(joined === undefined ? {} : { joinedAt: String(epoch + joined), joinedAtMs: `${epoch + joined}250` }),
});
const trackJson = ({ version, ticks, ...rest }: Value<typeof track>) => ({
  ...rest,
  ...(version === undefined ? {} : { version: { unixMicro: `${epoch + version}000000`, ticks } }),
});

type Value<A> = A extends fc.Arbitrary<infer V> ? V : never;

const roomEvent = fc.record({ event: oneOf('room_started', 'room_finished'), room: room.map(roomJson) });
const participantEvent = fc.record({
  event: oneOf('participant_joined', 'participant_joined', 'participant_left', 'participant_connection_aborted'),
  room: room.map(roomJson),
  participant: fc
    .record({ own: participant.map(participantJson), tracks: fc.array(track.map(trackJson), { maxLength: 1 }) })
    .map(({ own, tracks }) => ({ ...own, tracks })),
});
const trackEvent = fc.record({
  event: oneOf('track_published', 'track_unpublished'),
  room: room.map(({ sid, name }) => ({ sid, name })),
  participant: participant.map(({ sid, identity }) => ({ sid, identity })),
  track: track.map(trackJson),
});
const egressEvent = fc.record({
  event: oneOf('egress_started', 'egress_updated', 'egress_ended'),
  egressInfo: fc
    .record({
      egressId: oneOf('EG_1', 'EG_2'),
      status: oneOf('EGRESS_ACTIVE', 'EGRESS_COMPLETE', 'EGRESS_FAILED', 'EGRESS_NEW', undefined),
      roomId: oneOf('RM_1', 'RM_2'),
      started: maybe(second),
      updated: maybe(second),
      ended: maybe(second),
      file: fc.boolean(),
    })
    .map(({ started, updated, ended, file, ...rest }) => ({
      ...rest,
      web: {},
      ...nanos({ startedAt: started, updatedAt: updated, endedAt: ended }),
      ...(file ? { fileResults: [{ filename: 'a.mp4' }] } : {}),
    })),
});
const ingressEvent = fc.record({
  event: oneOf('ingress_started', 'ingress_ended'),
  ingressInfo: fc
    .record({
      resourceId: oneOf('RT_1', 'RT_2', 'RT_3'),
      status: oneOf('ENDPOINT_PUBLISHING', 'ENDPOINT_ERROR', undefined),
      started: maybe(second),
      updated: maybe(second),
      ended: maybe(second),
    })
    .map(({ started, updated, ended, ...state }) => ({
      ingressId: 'IN_1',
      state: { ...state, ...nanos({ startedAt: started, updatedAt: updated, endedAt: ended }) },
    })),
});
const jobEvent = fc.record({
  event: oneOf('agent_job_pending', 'agent_job_started', 'agent_job_ended'),
  job: fc
    .record({ status: oneOf('JS_RUNNING', 'JS_SUCCESS', undefined), started: maybe(second), ended: maybe(second) })
    .map(({ status, started, ended }) => ({
      id: 'AJ_1',
      state: { status, ...nanos({ startedAt: started, endedAt: ended }) },
    })),
});

function nanos(times: Record<string, number | undefined>): Record<string, string> {
  const told = Object.entries(times).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, `${epoch + Number(value)}000000007`]));
}

const body = fc.oneof(
  { weight: 2, arbitrary: roomEvent },
  { weight: 8, arbitrary: participantEvent },
  { weight: 3, arbitrary: trackEvent },
  { weight: 1, arbitrary: egressEvent },
  { weight: 1, arbitrary: ingressEvent },
  { weight: 1, arbitrary: jobEvent },
);

/** Events of few names, few ids and few seconds, so that they meet; not believable, but all legal. */
export const history: fc.Arbitrary<Event[]> = fc
  .array(fc.record({ body, at: second }), { minLength: 2, maxLength: 16 })
  .map((list) =>
    list.map(({ body, at }, index) => ({
      ...body,
      id: `EV_${String(index).padStart(3, '0')}`,
      createdAt: String(epoch + at),
    })),
  );
