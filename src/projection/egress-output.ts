import {
  StreamInfo,
  type EgressInfo,
  type FileInfo,
  type ImagesInfo,
  type SegmentsInfo,
  type StreamInfoList,
} from '@livekit/protocol';
import { isObject, type Json, type JsonObject } from '../livekit/json.js';
import { children, count, enumName, enumOf, field, integer, text, type Wire } from '../livekit/wire-fields.js';
import { timeOf, YEAR_2000 } from '../livekit/time.js';

/** One result of an egress, as the API serves it. Times are RFC 3339. */
export interface EgressOutput {
  kind: 'FILE' | 'STREAM' | 'SEGMENTS' | 'IMAGES';
  filename: string | null;
  location: string | null;
  url: string | null;
  status: string | null;
  startedAt: string | null;
  endedAt: string | null;
  durationSeconds: number | null;
  sizeBytes: number | null;
  segmentCount: number | null;
  imageCount: number | null;
  error: string | null;
}

const streamStatuses = enumOf(StreamInfo, 'status');

/** When the egress can have run, by the event that tells its outputs, in ms. */
export interface EgressSpan {
  readonly startedAt: number | null;
  readonly until: number;
  readonly arrival: number;
}

export function outputsOf(info: Wire<EgressInfo>, span: EgressSpan): EgressOutput[] {
  return [
    ...results<FileInfo>(info, 'fileResults', fileBefore).map((file) => fileOutput(file, span)),
    ...results<StreamInfo>(info, 'streamResults', streamsBefore).map((stream) => streamOutput(stream, span)),
    ...results<SegmentsInfo>(info, 'segmentResults', segmentsBefore).map((segments) => segmentsOutput(segments, span)),
    ...children(info, 'imageResults').map((images) => imagesOutput(images, span)),
  ];
}

/** Until 2023-02, servers sent their results in other fields only. */
function results<T>(info: Wire<EgressInfo>, name: ListName, before: (info: JsonObject) => JsonObject[]): Wire<T>[] {
  const listed = children(info, name);
  return (listed.length > 0 ? listed : before(info)) as Wire<T>[];
}

type ListName = 'fileResults' | 'streamResults' | 'segmentResults';

const fileBefore = (info: JsonObject): JsonObject[] => filled(field(info, 'file'));
const segmentsBefore = (info: JsonObject): JsonObject[] => filled(field(info, 'segments'));
const streamsBefore = (info: JsonObject): JsonObject[] =>
  filled(field(info, 'stream')).flatMap((list) => children(list as Wire<StreamInfoList>, 'info'));

function filled(value: Json): JsonObject[] {
  return isObject(value) && Object.keys(value).length > 0 ? [value] : [];
}

function fileOutput(file: Wire<FileInfo>, span: EgressSpan): EgressOutput {
  return {
    ...timed('FILE', file, span),
    filename: text(file, 'filename'),
    location: text(file, 'location'),
    sizeBytes: sizeOf(integer(file, 'size')),
  };
}

function streamOutput(stream: Wire<StreamInfo>, span: EgressSpan): EgressOutput {
  return {
    ...timed('STREAM', stream, span),
    url: text(stream, 'url'),
    status: enumName(field(stream, 'status'), streamStatuses),
    error: text(stream, 'error'),
  };
}

function segmentsOutput(segments: Wire<SegmentsInfo>, span: EgressSpan): EgressOutput {
  return {
    ...timed('SEGMENTS', segments, span),
    filename: text(segments, 'playlistName'),
    location: text(segments, 'playlistLocation'),
    sizeBytes: sizeOf(integer(segments, 'size')),
    segmentCount: count(segments, 'segmentCount'),
  };
}

function imagesOutput(images: Wire<ImagesInfo>, span: EgressSpan): EgressOutput {
  return {
    ...timed('IMAGES', images, span),
    filename: text(images, 'filenamePrefix'),
    imageCount: count(images, 'imageCount'),
  };
}

interface Timed {
  startedAt: bigint;
  endedAt: bigint;
  duration?: bigint;
}

function timed(kind: EgressOutput['kind'], result: Wire<Timed> | Wire<FileInfo>, span: EgressSpan): EgressOutput {
  const message = result as Wire<Required<Timed>>;
  return {
    kind,
    filename: null,
    location: null,
    url: null,
    status: null,
    startedAt: rfc3339(timeOf(integer(message, 'startedAt'), 'ns', span.arrival)),
    endedAt: rfc3339(timeOf(integer(message, 'endedAt'), 'ns', span.arrival)),
    durationSeconds: secondsOf(integer(message, 'duration'), span),
    sizeBytes: null,
    segmentCount: null,
    imageCount: null,
    error: null,
  };
}

/** Null where the egress cannot have lasted so long: LiveKit subtracts times that it may not have. */
function secondsOf(duration: bigint | null, { startedAt, until }: EgressSpan): number | null {
  const most = BigInt(until - (startedAt ?? YEAR_2000)) * 1_000_000n;
  return duration !== null && duration >= 0n && duration <= most ? Number(duration) / 1e9 : null;
}

function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function sizeOf(value: bigint | null): number | null {
  return value !== null && value >= 0n ? Number(value) : null;
}
