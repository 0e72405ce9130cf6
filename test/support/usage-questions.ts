import fc from 'fast-check';
import { type DimensionAsked, scalarAt, type TopAsked } from './usage-reference.js';
import type { Interval, Scene } from './usage-scenes.js';
import { scenes } from './usage-scenes.js';
import type { MeterName, Session } from './usage-sessions.js';

export interface Question {
  readonly scene: Scene;
  readonly meter: MeterName;
  readonly from: number;
  readonly to: number;
  readonly interval: Interval | null;
  readonly timeZone: string;
  readonly groupBy: readonly DimensionAsked[];
  readonly filter: Readonly<Record<string, unknown>>;
  readonly top: TopAsked | null;
}

const common = ['PROJECT', 'ROOM_NAME', 'ROOM_SID'];

/** What each meter has (schema.graphql, UsageField). */
export const fieldsOf: Readonly<Record<MeterName, readonly string[]>> = {
  ROOM: common,
  PARTICIPANT: [...common, 'IDENTITY', 'PARTICIPANT_KIND', 'DISCONNECT_REASON', 'REGION'],
  TRACK: [...common, 'IDENTITY', 'PARTICIPANT_KIND', 'TRACK_TYPE', 'TRACK_SOURCE'],
  EGRESS: [...common, 'EGRESS_TYPE', 'EGRESS_SOURCE_TYPE'],
  INGRESS: [...common, 'IDENTITY', 'INGRESS_INPUT_TYPE'],
  AGENT_JOB: [...common, 'IDENTITY', 'AGENT_NAME'],
};

const people = ['PARTICIPANT', 'TRACK'];

interface FilterCase {
  readonly meters: readonly string[];
  readonly value: fc.Arbitrary<unknown>;
  readonly keeps: (session: Session, value: never) => boolean;
}

interface Texts {
  readonly eq?: string;
  readonly in?: readonly string[];
  readonly startsWith?: string;
  readonly contains?: string;
  readonly notIn?: readonly string[];
}

const every = Object.keys(fieldsOf);
const texts = (...values: string[]): fc.Arbitrary<Texts> =>
  fc.oneof(
    fc.record({ eq: fc.constantFrom(...values) }),
    fc.record({ in: fc.subarray(values) }),
    fc.record({ startsWith: fc.constantFrom('', 'a', 'acme_', 'ﬀ') }),
    fc.record({ contains: fc.constantFrom('', 'A', 'FF', 'ZOË', '_D', '%') }),
    fc.record({ notIn: fc.subarray(values) }),
  );
const some = (...values: string[]): fc.Arbitrary<string[]> => fc.subarray(values, { minLength: 1 });

/** Every filter, and the sessions that it keeps. An API enum's OTHER is any word that has no name there. */
export const filters: Readonly<Record<string, FilterCase>> = {
  project: {
    meters: every,
    value: fc.constantFrom('default', 'default', 'acme'),
    keeps: (_, project: string) => project === 'default',
  },
  roomSid: {
    meters: every,
    value: fc.subarray(scenes.flatMap(({ name }) => [0, 1, 2, 3].map((index) => `RM_${name}_${index}`))),
    keeps: ({ fields }, sids: string[]) => sids.includes(fields['ROOM_SID'] ?? '?'),
  },
  roomName: {
    meters: every,
    value: texts('acme_daily', 'acme_weekly', 'plain', 'ﬀ_x', '😀_x'),
    keeps: ({ fields }, asked: Texts) => matches(fields['ROOM_NAME'], asked),
  },
  identity: {
    meters: [...people, 'INGRESS', 'AGENT_JOB'],
    value: texts('ada', 'bob', '', 'agent-1'),
    keeps: ({ fields }, asked: Texts) => matches(fields['IDENTITY'], asked),
  },
  participantKind: {
    meters: people,
    value: some('STANDARD', 'AGENT', 'SIP', 'OTHER'),
    keeps: word('PARTICIPANT_KIND', ['STANDARD', 'INGRESS', 'EGRESS', 'SIP', 'AGENT', 'CONNECTOR', 'BRIDGE']),
  },
  excludeParticipantKind: {
    meters: people,
    value: some('STANDARD', 'AGENT', 'SIP', 'OTHER'),
    keeps: (session, kinds: string[]) => !filters['participantKind']!.keeps(session, kinds as never),
  },
  trackType: {
    meters: ['TRACK'],
    value: some('AUDIO', 'DATA', 'OTHER'),
    keeps: word('TRACK_TYPE', ['AUDIO', 'VIDEO', 'DATA']),
  },
  trackSource: {
    meters: ['TRACK'],
    value: some('CAMERA', 'MICROPHONE', 'OTHER'),
    keeps: word('TRACK_SOURCE', ['UNKNOWN', 'CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO']),
  },
  egressType: {
    meters: ['EGRESS'],
    value: some('ROOM_COMPOSITE', 'WEB', 'OTHER'),
    keeps: word('EGRESS_TYPE', [
      'ROOM_COMPOSITE',
      'WEB',
      'PARTICIPANT',
      'TRACK_COMPOSITE',
      'TRACK',
      'TEMPLATE',
      'MEDIA',
      'REPLAY',
    ]),
  },
  roomMetadata: {
    meters: every,
    value: fc.record({
      path: fc.constantFrom('tenant.id', 'tenant'),
      eq: fc.constantFrom('7', '7.5', 'true', 'acme', '', 'null', '{}'),
    }),
    keeps: ({ metadata }, { path, eq }: { path: string; eq: string }) => scalarAt(metadata, path) === eq,
  },
  attribute: {
    meters: people,
    value: fc.record({ path: fc.constantFrom('plan', 'a.b'), eq: fc.constantFrom('pro', 'free', '', 'c') }),
    keeps: ({ person }, { path, eq }: { path: string; eq: string }) => person?.attributes[path] === eq,
  },
  hidden: { meters: people, value: fc.boolean(), keeps: ({ person }, hidden: boolean) => person?.hidden === hidden },
  excludeKindDetails: {
    meters: people,
    value: fc.subarray(['SIMULATION', 'NEW', 'OLD']),
    keeps: ({ person }, details: string[]) => !details.some((detail) => person?.kindDetails.includes(detail)),
  },
};

function matches(text: string | null | undefined, { eq, in: list, startsWith, contains, notIn }: Texts): boolean {
  if (text == null) return notIn !== undefined;
  const isOne = (eq === undefined || text === eq) && (list?.includes(text) ?? true) && !notIn?.includes(text);
  return isOne && text.startsWith(startsWith ?? '') && folded(text).includes(folded(contains ?? ''));
}

function folded(text: string): string {
  return text.toLowerCase().toUpperCase();
}

function word(field: string, known: readonly string[]): FilterCase['keeps'] {
  return ({ fields }: Session, asked: readonly string[]) => {
    const value = fields[field];
    return asked.includes(value != null && known.includes(value) ? value : 'OTHER');
  };
}

export function keeps({ meter, filter }: Question, session: Session): boolean {
  const conditions = Object.entries(filter).map(([name, value]) => filters[name]!.keeps(session, value as never));
  return session.meter === meter && !conditions.includes(false);
}

function dimensions(meter: MeterName): fc.Arbitrary<DimensionAsked> {
  const field = fc.record({ field: fc.constantFrom(...fieldsOf[meter]) });
  const metadata = fc.record({ roomMetadata: fc.constantFrom('tenant.id', 'tenant', 'none') });
  const prefix = fc.record({ roomNamePrefix: fc.constantFrom('_', 'acme_', 'x', 'ﬀ') });
  const attribute = fc.record({ attribute: fc.constantFrom('plan', 'a.b') });
  return people.includes(meter) ? fc.oneof(field, metadata, prefix, attribute) : fc.oneof(field, metadata, prefix);
}

function filterOf(meter: MeterName): fc.Arbitrary<Question['filter']> {
  const own = Object.entries(filters).filter(([, { meters }]) => meters.includes(meter));
  const one = fc.constantFrom(...own).chain(([name, { value }]) => value.map((given) => ({ [name]: given })));
  const none = { weight: 2, arbitrary: fc.constant({}) };
  return fc.oneof(
    none,
    { weight: 2, arbitrary: one },
    fc.tuple(one, one).map(([a, b]) => ({ ...a, ...b })),
  );
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function ranges({ from, to }: Scene): fc.Arbitrary<{ from: number; to: number }> {
  const grain = fc.constantFrom(1, 1_000, MINUTE, 15 * MINUTE, HOUR, 24 * HOUR);
  const instant = fc
    .tuple(fc.integer({ min: from - 36 * HOUR, max: to + 36 * HOUR }), grain)
    .map(([at, grain]) => Math.floor(at / grain) * grain);
  return fc
    .tuple(instant, instant)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
}

function tops(meter: MeterName): fc.Arbitrary<TopAsked | null> {
  const lacks = (by: TopAsked['by']): boolean =>
    (by === 'BYTES' && meter !== 'EGRESS') || (by === 'IDENTITIES' && !fieldsOf[meter].includes('IDENTITY'));
  const by = fc.constantFrom(...measures.filter((one) => !lacks(one)));
  return fc.option(fc.record({ by, first: fc.integer({ min: 1, max: 4 }), others: fc.boolean() }));
}

const measures = ['SECONDS', 'STARTED_MINUTES', 'SESSIONS', 'IDENTITIES', 'PEAK_CONCURRENCY', 'BYTES'] as const;

export const questions: fc.Arbitrary<Question> = fc
  .tuple(fc.constantFrom(...scenes), fc.constantFrom(...(every as MeterName[])))
  .chain(([scene, meter]) =>
    fc
      .record({
        interval: fc.constantFrom<(Interval | null)[]>(null, 'HOUR', 'DAY', 'DAY', 'WEEK', 'MONTH'),
        timeZone: fc.constantFrom(...scene.zones, 'UTC'),
        groupBy: fc.array(dimensions(meter), { maxLength: 3 }),
        filter: filterOf(meter),
        top: tops(meter),
        range: ranges(scene),
      })
      .map(({ range, ...rest }) => ({ scene, meter, ...range, ...rest })),
  );

export function argumentsOf({ meter, from, to, interval, timeZone, groupBy, filter, top }: Question): object {
  const [first, last] = [new Date(from).toISOString(), new Date(to).toISOString()];
  return { meter, from: first, to: last, interval, timeZone, groupBy, filter, top };
}
