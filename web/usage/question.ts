import type {
  Meter,
  MinuteRounding,
  UsageDimension,
  UsageField,
  UsageFilter,
  UsageInterval,
} from '../generated/operations';
import { tenantPath } from '../parts/tenant';
import { addDays, isDay, type Range, rangeOf } from '../words/calendar';

export interface Question {
  readonly meter: Meter;
  readonly from: string;
  readonly to: string;
  readonly interval: UsageInterval;
  readonly timeZone: string;
  readonly groupBy: readonly UsageDimension[];
  readonly filter: UsageFilter;
  readonly rounding: MinuteRounding;
}

export const meters = [
  ['PARTICIPANT', 'People'],
  ['ROOM', 'Rooms'],
  ['TRACK', 'Tracks'],
  ['EGRESS', 'Recording and streams out'],
  ['INGRESS', 'Streams in'],
  ['AGENT_JOB', 'Agent jobs'],
] as const;

export const intervals = [
  ['HOUR', 'hour'],
  ['DAY', 'day'],
  ['WEEK', 'week'],
  ['MONTH', 'month'],
] as const;

export const roundings = [
  ['NONE', 'exact'],
  ['CEIL_SESSION', 'rounded up, each session'],
  ['CEIL_TOTAL', 'rounded up, the sum'],
] as const;

/** What is after the colon is typed beside it. */
export const typed = ['metadata:', 'attribute:', 'prefix:'] as const;
const attribute = ['attribute:', 'an attribute of people'] as const;

const own: Partial<Record<Meter, readonly (readonly [string, string])[]>> = {
  PARTICIPANT: [
    attribute,
    ['field:IDENTITY', 'person'],
    ['field:PARTICIPANT_KIND', 'kind'],
    ['field:DISCONNECT_REASON', 'how it ended'],
    ['field:REGION', 'region'],
  ],
  TRACK: [attribute, ['field:IDENTITY', 'person'], ['field:TRACK_TYPE', 'type'], ['field:TRACK_SOURCE', 'source']],
  EGRESS: [
    ['field:EGRESS_TYPE', 'type'],
    ['field:EGRESS_SOURCE_TYPE', 'source'],
  ],
  INGRESS: [['field:INGRESS_INPUT_TYPE', 'type']],
  AGENT_JOB: [['field:AGENT_NAME', 'agent']],
};

export const byTenant = (): string => `metadata:${tenantPath.value}`;

export const groupings = (meter: Meter): (readonly [string, string])[] => [
  ['none', 'nothing'],
  [byTenant(), 'tenant'],
  ['field:ROOM_NAME', 'room'],
  ['metadata:', "a path in the room's metadata"],
  ['prefix:', 'room name up to'],
  ...(own[meter] ?? []),
];

/** What a group's names are, in a word. */
export function groupWords({ meter, groupBy: [dimension] }: Question): string | null {
  if (dimension === undefined) return null;
  const [[kind, text]] = Object.entries(dimension) as [[string, string]];
  if (kind === 'roomMetadata' && text === tenantPath.value) return 'tenant';
  if (kind === 'field') return groupings(meter).find(([one]) => one === `field:${text}`)?.[1] ?? text;
  return kind === 'roomNamePrefix' ? `room name up to ${text}` : text;
}

export const hasKinds = (meter: Meter): boolean => meter === 'PARTICIPANT';

const chosen = <T extends string>(options: readonly (readonly [T, string])[], text: string | null, fallback: T): T =>
  options.find(([value]) => value === text)?.[0] ?? fallback;

interface Viewer {
  readonly timeZone: string;
  /** Of the zone. */
  readonly today: string;
}

export function questionOf(query: URLSearchParams, { timeZone, today }: Viewer): Question {
  const meter = chosen(meters, query.get('meter'), 'PARTICIPANT');
  const { from, to } = range(query, today);
  const without = query.get('without') ?? 'machines';
  const group = query.get('group') ?? byTenant();
  return {
    meter,
    ...rangeOf(from, to, timeZone),
    interval: chosen(intervals, query.get('by'), 'DAY'),
    timeZone,
    groupBy: dimensions(groupings(meter).some(([one]) => one === group) || !group.startsWith('field:') ? group : ''),
    filter: filterOf(query, hasKinds(meter) && without === 'machines'),
    rounding: chosen(roundings, query.get('minutes'), 'CEIL_SESSION'),
  };
}

function filterOf(query: URLSearchParams, peopleOnly: boolean): UsageFilter {
  const [tenant, room] = ['tenant', 'room'].map((key) => query.get(key)?.trim());
  return {
    ...(peopleOnly && { excludeParticipantKind: ['AGENT', 'EGRESS'] as const }),
    ...(tenant && { roomMetadata: { path: tenantPath.value, eq: tenant } }),
    ...(room && { roomName: { eq: room } }),
  };
}

export function monthOf(query: URLSearchParams, today: string): string {
  const named = query.get('month') ?? '';
  return isDay(`${named}-01`) ? named : today.slice(0, 7);
}

/** Days, both included. */
export function range(query: URLSearchParams, today: string): Range {
  const [from, to] = ['from', 'to'].map((name) => query.get(name)).map((day) => (day && isDay(day) ? day : null));
  if (from || to) return { from: from ?? to!, to: to ?? today };
  const month = monthOf(query, today);
  return { from: `${month}-01`, to: addDays(`${addDays(`${month}-28`, 4).slice(0, 7)}-01`, -1) };
}

function dimensions(group: string): UsageDimension[] {
  const at = group.indexOf(':');
  const [kind, text] = [group.slice(0, at), group.slice(at + 1)];
  if (text === '') return [];
  if (kind === 'metadata') return [{ roomMetadata: text }];
  if (kind === 'attribute') return [{ attribute: text }];
  if (kind === 'prefix') return [{ roomNamePrefix: text }];
  return kind === 'field' ? [{ field: text as UsageField }] : [];
}

/** The address of the same rows as a file. */
export function exportPath(
  { meter, from, to, interval, timeZone, groupBy, filter }: Question,
  format: 'csv' | 'jsonl',
): string {
  const json = { groupBy: JSON.stringify(groupBy), filter: JSON.stringify(filter) };
  return `export/usage.${format}?${new URLSearchParams({ meter, from, to, interval, timeZone, ...json })}`;
}

/** As one would type it. */
export function asGraphql({ meter, from, to, interval, timeZone, groupBy, filter, rounding }: Question): string {
  const [dimension] = groupBy;
  const lines = [
    `meter: ${meter}`,
    `from: "${from}"`,
    `to: "${to}"`,
    `interval: ${interval}`,
    `timeZone: ${JSON.stringify(timeZone)}`,
    ...(dimension ? [`groupBy: [${literal(dimension)}]`] : []),
    ...(Object.keys(filter).length > 0 ? [`filter: ${literal(filter)}`] : []),
  ];
  return `{
  usage(
    ${lines.join('\n    ')}
  ) {
    from
    group { value }
    seconds
    uncertainSeconds
    minutes(rounding: ${rounding})
    sessions
    final
  }
}`;
}

/** Without quotes where an enum is meant. */
function literal(value: unknown, key = ''): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, key)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, one]) => `${name}: ${literal(one, name)}`)
      .join(', ')}}`;
  return ['field', 'excludeParticipantKind'].includes(key) ? String(value) : JSON.stringify(value);
}
