import { StreamInfo, type EgressInfo, type FileInfo, type ImagesInfo, type SegmentsInfo } from '@livekit/protocol';
import { children, enumName, enumOf, field, integer, text, type Wire } from '../livekit/wire-fields.js';
import { timeOf } from '../livekit/time.js';

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

export function outputsOf(info: Wire<EgressInfo>, arrival: number): EgressOutput[] {
  return [
    ...children(info, 'fileResults').map((file) => fileOutput(file, arrival)),
    ...children(info, 'streamResults').map((stream) => streamOutput(stream, arrival)),
    ...children(info, 'segmentResults').map((segments) => segmentsOutput(segments, arrival)),
    ...children(info, 'imageResults').map((images) => imagesOutput(images, arrival)),
  ];
}

function fileOutput(file: Wire<FileInfo>, arrival: number): EgressOutput {
  return {
    ...timed('FILE', file, arrival),
    filename: text(file, 'filename'),
    location: text(file, 'location'),
    sizeBytes: numberOf(integer(file, 'size')),
  };
}

function streamOutput(stream: Wire<StreamInfo>, arrival: number): EgressOutput {
  return {
    ...timed('STREAM', stream, arrival),
    url: text(stream, 'url'),
    status: enumName(field(stream, 'status'), streamStatuses),
    error: text(stream, 'error'),
  };
}

function segmentsOutput(segments: Wire<SegmentsInfo>, arrival: number): EgressOutput {
  return {
    ...timed('SEGMENTS', segments, arrival),
    filename: text(segments, 'playlistName'),
    location: text(segments, 'playlistLocation'),
    sizeBytes: numberOf(integer(segments, 'size')),
    segmentCount: countOf(integer(segments, 'segmentCount')),
  };
}

function imagesOutput(images: Wire<ImagesInfo>, arrival: number): EgressOutput {
  return {
    ...timed('IMAGES', images, arrival),
    filename: text(images, 'filenamePrefix'),
    imageCount: countOf(integer(images, 'imageCount')),
  };
}

interface Timed {
  startedAt: bigint;
  endedAt: bigint;
  duration?: bigint;
}

function timed(kind: EgressOutput['kind'], result: Wire<Timed> | Wire<FileInfo>, arrival: number): EgressOutput {
  const message = result as Wire<Required<Timed>>;
  const duration = integer(message, 'duration');
  return {
    kind,
    filename: null,
    location: null,
    url: null,
    status: null,
    startedAt: rfc3339(timeOf(integer(message, 'startedAt'), 'ns', arrival)),
    endedAt: rfc3339(timeOf(integer(message, 'endedAt'), 'ns', arrival)),
    durationSeconds: duration === null ? null : Number(duration) / 1e9,
    sizeBytes: null,
    segmentCount: null,
    imageCount: null,
    error: null,
  };
}

function rfc3339(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function numberOf(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

/** Null beyond GraphQL's Int. */
function countOf(value: bigint | null): number | null {
  return value !== null && value <= 0x7fffffffn && value >= 0n ? Number(value) : null;
}
