import { snakeCase } from '../text/snake-case.js';
import { isObject, type Json, type JsonObject } from './json.js';

/** JSON that claims to be a LiveKit message of type T. Any field may be absent or of another type. */
export type Wire<T> = JsonObject & { readonly __message?: T };

type FieldOf<T, V> = { [K in keyof T]-?: NonNullable<T[K]> extends V ? K : never }[keyof T] & string;

/** Accepts both spellings: `roomName` of webhooks, `room_name` of the API. */
export function field(message: JsonObject, name: string): Json {
  return message[name] ?? message[snakeCase(name)] ?? null;
}

// These readers treat a value of the wrong type as absent, and proto3's zero values too, which LiveKit omits.

export function text<T>(message: Wire<T>, name: FieldOf<T, string>): string | null {
  const value = field(message, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function integer<T>(message: Wire<T>, name: FieldOf<T, bigint | number>): bigint | null {
  const value = toInteger(field(message, name));
  return value === 0n ? null : value;
}

/** Null beyond Postgres' and GraphQL's Int. */
export function int32<T>(message: Wire<T>, name: FieldOf<T, bigint | number>): number | null {
  const value = integer(message, name);
  return value !== null && value <= 0x7fffffffn && value >= -0x80000000n ? Number(value) : null;
}

export function count<T>(message: Wire<T>, name: FieldOf<T, bigint | number>): number | null {
  const value = int32(message, name);
  return value !== null && value >= 0 ? value : null;
}

export function toInteger(value: Json): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

export function flag<T>(message: Wire<T>, name: FieldOf<T, boolean>): boolean {
  return field(message, name) === true;
}

export function optionalFlag<T>(message: Wire<T>, name: FieldOf<T, boolean>): boolean | null {
  const value = field(message, name);
  return typeof value === 'boolean' ? value : null;
}

export function child<T, K extends keyof T & string>(message: Wire<T>, name: K): Wire<NonNullable<T[K]>> | null {
  const value = field(message, name);
  return isObject(value) ? (value as Wire<NonNullable<T[K]>>) : null;
}

export function children<T, K extends keyof T & string>(
  message: Wire<T>,
  name: K,
): Wire<T[K] extends readonly (infer E)[] ? E : never>[] {
  const value = field(message, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

interface EnumType {
  findNumber(no: number): { name: string } | undefined;
}
interface MessageType {
  readonly fields: { findJsonName(name: string): unknown };
}

export function enumOf<T>(
  type: MessageType & (new (...data: never[]) => T),
  name: FieldOf<T, number | number[]>,
): EnumType {
  const found = type.fields.findJsonName(name) as { T?: EnumType } | undefined;
  if (!found?.T) throw new Error(`@livekit/protocol has no enum ${name}`);
  return found.T;
}

/** An enum value's name. A number without a name stays a number. */
export function enumName(value: Json, type: EnumType): string {
  if (typeof value === 'string' && value !== '') return value;
  const no = typeof value === 'number' ? value : 0;
  return type.findNumber(no)?.name ?? String(no);
}
