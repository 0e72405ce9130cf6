import type { Spanned } from '../words/doubt';
import { grouped, inWords } from '../words/durations';
import { toneOf, type Tone } from '../words/kinds';
import type { Person, RoomAnswer, Track, Whole } from './use-room';

/** Times in ms since 1970. */
export interface Bar extends Spanned {
  readonly id: string;
  readonly kind: 'participant' | 'egress' | 'ingress' | 'job';
  readonly tone: Tone;
  readonly label: string;
  readonly reason: string | null;
  /** In it, where they fit. */
  readonly words?: string;
}

export interface Thin {
  readonly id: string;
  readonly from: number;
  readonly to: number | null;
  /** Below its publisher, counted from 0; tracks that do not overlap share one. */
  readonly lane: number;
  readonly words: string;
}

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly small: string;
  readonly tone: Tone | null;
  readonly bars: readonly Bar[];
  readonly thin: readonly Thin[];
  readonly lanes: number;
  readonly top: number;
  readonly height: number;
}

type Draft = Omit<Line, 'top' | 'height' | 'lanes'>;

export const LANE = 4;
const heading = (label: string): Draft => ({ key: label, label, small: '', tone: null, bars: [], thin: [] });

export function linesOf(whole: Whole): Line[] {
  const { room, people } = whole;
  const recorders = new Set(room.egresses.nodes.map(({ egressId }) => egressId));
  const shown = people.filter(({ identity }) => !recorders.has(identity));
  const groups: readonly [string, Draft[]][] = [
    ['People', byIdentity(shown, whole.tracks)],
    ['Recording and streams', [...room.egresses.nodes.map(egressLine), ...room.ingressSessions.nodes.map(ingressLine)]],
    ['Agent jobs', [...room.agentJobs.nodes].reverse().map(jobLine)],
  ];
  return placed(groups.flatMap(([label, lines]) => (lines.length === 0 ? [] : [heading(label), ...lines])));
}

function placed(drafts: readonly Draft[]): Line[] {
  let top = 0;
  return drafts.map((draft) => {
    const lanes = Math.max(0, ...draft.thin.map(({ lane }) => lane + 1));
    const notes = draft.bars.length > 0 ? 12 : 0;
    const height = draft.tone === null ? 28 : Math.max(38, 22 + lanes * LANE + notes);
    const line = { ...draft, lanes, top, height };
    top += height;
    return line;
  });
}

function byIdentity(people: readonly Person[], tracks: readonly Track[]): Draft[] {
  const sessions = groupBy(people, ({ identity }) => identity);
  const published = groupBy(tracks, ({ participantSid }) => participantSid);
  return [...sessions].map(([identity, own]) => {
    const [{ kind }] = own as [Person];
    const name = own.findLast(({ name }) => name)?.name ?? identity;
    const bars = own.map((person) => personBar(person, name));
    const thin = inLanes(own.flatMap(({ sid }) => published.get(sid) ?? []));
    return { key: identity, label: name, small: name === identity ? '' : identity, tone: toneOf(kind), bars, thin };
  });
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

export function inLanes(tracks: readonly Track[]): Thin[] {
  const ends: number[] = [];
  return tracks.map((track) => {
    const [from, to] = [
      Date.parse(track.publishedAt),
      track.unpublishedAt === null ? null : Date.parse(track.unpublishedAt),
    ];
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to ?? Infinity;
    return { id: track.sid, from, to, lane, words: trackWords(track) };
  });
}

export function trackWords({ source, type }: Pick<Track, 'source' | 'type'>): string {
  const what = source === 'UNKNOWN' || source === 'OTHER' ? type : source;
  return what.toLowerCase().replaceAll('_', ' ');
}

function personBar(person: Person, label: string): Bar {
  const [from, to] = [Date.parse(person.joinedAt), person.leftAt === null ? null : Date.parse(person.leftAt)];
  const tone = toneOf(person.kind);
  return {
    ...known(person),
    id: person.sid,
    kind: 'participant',
    from,
    to,
    tone,
    label,
    reason: person.disconnectReason,
  };
}

type Dated =
  | RoomAnswer['egresses']['nodes'][number]
  | RoomAnswer['ingressSessions']['nodes'][number]
  | RoomAnswer['agentJobs']['nodes'][number];

function known(session: Dated | Person): Pick<Spanned, 'lastSeenAt' | 'endSource' | 'endUncertaintySeconds'> {
  const { endSource, endUncertaintySeconds } = session;
  return { lastSeenAt: Date.parse(session.lastSeenAt), endSource, endUncertaintySeconds };
}

function spanOf(session: Dated): Spanned {
  const { startedAt, endedAt } = session;
  return { ...known(session), from: Date.parse(startedAt), to: endedAt === null ? null : Date.parse(endedAt) };
}

function egressLine(egress: RoomAnswer['egresses']['nodes'][number]): Draft {
  const { egressId, type, status } = egress;
  const label = type.toLowerCase().replaceAll('_', ' ');
  const bar: Bar = {
    ...spanOf(egress),
    id: egressId,
    kind: 'egress',
    tone: 'egress',
    label,
    reason: null,
    words: egressWords(egress),
  };
  return { key: egressId, label, small: `${egressId} ${status}`, tone: 'egress', bars: [bar], thin: [] };
}

/** `56 min, 330 MB, mp4` */
function egressWords({ active, durationSeconds, error, outputs }: RoomAnswer['egresses']['nodes'][number]): string {
  if (error) return error;
  const bytes = outputs.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const files = new Set(outputs.flatMap(({ filename }) => /\.(\w+)$/.exec(filename ?? '')?.[1] ?? []));
  return [
    ...(active ? [] : [inWords(durationSeconds)]),
    ...(bytes > 0 ? [`${grouped(bytes / 1e6)} MB`] : []),
    ...files,
  ].join(', ');
}

function ingressLine(session: RoomAnswer['ingressSessions']['nodes'][number]): Draft {
  const { resourceId, name, inputType, status } = session;
  const label = name || session.participantIdentity || 'stream in';
  const bar: Bar = { ...spanOf(session), id: resourceId, kind: 'ingress', tone: 'ingress', label, reason: null };
  return { key: resourceId, label, small: `${inputType} ${status}`, tone: 'ingress', bars: [bar], thin: [] };
}

function jobLine(job: RoomAnswer['agentJobs']['nodes'][number]): Draft {
  const label = job.agentName || 'agent';
  const bar: Bar = { ...spanOf(job), id: job.id, kind: 'job', tone: 'agent', label, reason: null };
  return { key: job.id, label, small: job.status, tone: 'agent', bars: [bar], thin: [] };
}
