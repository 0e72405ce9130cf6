import { address } from '../address/address';
import type {
  Meter,
  MinuteRounding,
  UsageDimension,
  UsageField,
  UsageFilter,
  UsageInterval,
} from '../generated/operations';
import { rangeOf } from '../words/days';
import { addDays, today } from '../words/times';
import { zone } from '../words/zone';

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

const everywhere = [
  ['', 'nothing'],
  ['metadata:tenant', 'metadata: tenant'],
  ['field:ROOM_NAME', 'room'],
  ['prefix:-', 'room name up to -'],
] as const;

const own: Partial<Record<Meter, readonly (readonly [string, string])[]>> = {
  PARTICIPANT: [
    ['field:IDENTITY', 'person'],
    ['field:PARTICIPANT_KIND', 'kind'],
    ['field:DISCONNECT_REASON', 'how it ended'],
    ['field:REGION', 'region'],
  ],
  TRACK: [
    ['field:IDENTITY', 'person'],
    ['field:TRACK_TYPE', 'type'],
    ['field:TRACK_SOURCE', 'source'],
  ],
  EGRESS: [
    ['field:EGRESS_TYPE', 'type'],
    ['field:EGRESS_SOURCE_TYPE', 'source'],
  ],
  INGRESS: [['field:INGRESS_INPUT_TYPE', 'type']],
  AGENT_JOB: [['field:AGENT_NAME', 'agent']],
};

export const groupings = (meter: Meter): (readonly [string, string])[] => [...everywhere, ...(own[meter] ?? [])];
export const hasKinds = (meter: Meter): boolean => meter === 'PARTICIPANT';

const chosen = <T extends string>(options: readonly (readonly [T, string])[], text: string | null, fallback: T): T =>
  options.find(([value]) => value === text)?.[0] ?? fallback;

export function questionOfAddress(): Question {
  const { query } = address.value;
  const meter = chosen(meters, query.get('meter'), 'PARTICIPANT');
  const { from, to } = range(query);
  const without = query.get('without') ?? 'machines';
  const group = query.get('group') ?? 'metadata:tenant';
  return {
    meter,
    ...rangeOf(from, to),
    interval: chosen(intervals, query.get('by'), 'DAY'),
    timeZone: zone.value,
    groupBy: dimensions(groupings(meter).some(([one]) => one === group) || !group.startsWith('field:') ? group : ''),
    filter: hasKinds(meter) && without === 'machines' ? { excludeParticipantKind: ['AGENT', 'EGRESS'] } : {},
    rounding: chosen(roundings, query.get('minutes'), 'CEIL_SESSION'),
  };
}

export const monthOf = (query: URLSearchParams): string => query.get('month') ?? today().slice(0, 7);

/** Days, both included. */
export function range(query: URLSearchParams): { from: string; to: string } {
  const [from, to] = [query.get('from'), query.get('to')];
  if (from !== null || to !== null) return { from: from ?? to!, to: to ?? today() };
  const month = /^\d{4}-\d\d$/.test(monthOf(query)) ? monthOf(query) : today().slice(0, 7);
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
  const excluded = filter.excludeParticipantKind
    ? `\n    filter: {excludeParticipantKind: [${filter.excludeParticipantKind.join(', ')}]}`
    : '';
  const [dimension] = groupBy.map((one) => Object.entries(one)[0] as [string, string]);
  const value = dimension && (dimension[0] === 'field' ? dimension[1] : JSON.stringify(dimension[1]));
  const grouped = dimension ? `\n    groupBy: [{${dimension[0]}: ${value}}]` : '';
  return `{
  usage(
    meter: ${meter}
    from: "${from}"
    to: "${to}"
    interval: ${interval}
    timeZone: "${timeZone}"${grouped}${excluded}
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
