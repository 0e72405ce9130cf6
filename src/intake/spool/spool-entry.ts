import { crc32 } from 'node:zlib';
import { isObject, type JsonObject } from '../../livekit/json.js';

export interface SpooledEvent {
  readonly project: string;
  /** ms */
  readonly receivedAt: number;
  readonly event: JsonObject;
}

/** The key sorts by arrival and holds number, time and size. */
export interface Stored {
  readonly key: string;
  readonly value: string;
}

export interface Unreadable extends Stored {
  readonly reason: string;
}

const keyForm = /^(?<number>\d{14})-(?<receivedAt>\d{13})-(?<bytes>\d{9})$/;
/** Since version 1 a checksum of key and text stands before the text. */
const valueForm = /^1 ([0-9a-f]{8}) /;
const KEY_BYTES = 38;
const CHECKSUM_BYTES = 11;

export function weightOf(text: string): number {
  return KEY_BYTES + CHECKSUM_BYTES + Buffer.byteLength(text);
}

export function sealed(number: number, receivedAt: number, text: string): Stored {
  const key = [pad(number, 14), pad(receivedAt, 13), pad(weightOf(text), 9)].join('-');
  return { key, value: `1 ${checksum(key, text)} ${text}` };
}

export function partsOf(key: string): { number: number; receivedAt: number; bytes: number } | null {
  const { number, receivedAt, bytes } = keyForm.exec(key)?.groups ?? {};
  return number === undefined ? null : { number: Number(number), receivedAt: Number(receivedAt), bytes: Number(bytes) };
}

/** Null if the entry is sound. */
export function faultOf(stored: Stored): string | null {
  const entry = textOf(stored);
  if ('reason' in entry) return entry.reason;
  return entry.isSealed ? null : reasonAgainst(entry.text);
}

export function readEntry(stored: Stored): SpooledEvent | Unreadable {
  const entry = textOf(stored);
  if ('reason' in entry) return { ...stored, reason: entry.reason };
  const read = parse(entry.text);
  if (!isSpooledEvent(read)) return { ...stored, reason: reasonAgainst(entry.text) ?? '' };
  const { project, receivedAt, event } = read;
  return { project, receivedAt, event };
}

function textOf({ key, value }: Stored): { text: string; isSealed: boolean } | { reason: string } {
  if (!keyForm.test(key)) return { reason: 'its key is of no known form' };
  const [head, sum] = valueForm.exec(value) ?? [];
  if (head === undefined) return { text: value, isSealed: false };
  const text = value.slice(head.length);
  return sum === checksum(key, text) ? { text, isSealed: true } : { reason: 'its checksum is another' };
}

function reasonAgainst(text: string): string | null {
  const value = parse(text);
  if (value === undefined) return 'it is not JSON';
  return isSpooledEvent(value) ? null : 'it is of no known form';
}

function isSpooledEvent(value: unknown): value is SpooledEvent {
  if (!isObject(value)) return false;
  const { project, receivedAt, event } = value;
  if (typeof project !== 'string' || !Number.isSafeInteger(receivedAt) || !isObject(event)) return false;
  return typeof event['event'] === 'string' && typeof event['id'] === 'string';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function checksum(key: string, text: string): string {
  return crc32(text, crc32(key)).toString(16).padStart(8, '0');
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
