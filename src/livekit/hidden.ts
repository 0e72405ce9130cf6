import { snakeCase } from '../text/snake-case.js';
import { isObject, type Json } from './json.js';

export const REDACTED = '[redacted]';

/** What LiveKit puts in place of a secret: egress/redact.go of livekit/protocol. */
const placeholders = new Map(
  Object.entries({
    accessKey: '{access_key}',
    secret: '{secret}',
    sessionToken: '{session_token}',
    assumeRoleExternalId: '{external_id}',
    credentials: '{credentials}',
    accountName: '{account_name}',
    accountKey: '{account_key}',
  }).flatMap(([name, cut]) => [
    [name, cut],
    [snakeCase(name), cut],
  ]),
);

/** How it cuts a stream key, `{ab...yz}`, and the value of a query, `{...}`: utils/redact.go. */
const cutKey = /^\{(?:\.{3}|.\.{3}.|.{2}\.{3}.{2}|.{3}\.{3}.{3})\}$/su;

export function isCut(value: string): boolean {
  return value === '' || value === REDACTED || (value.length <= 20 && cutKey.test(value));
}

export function isCutField(name: string, value: string): boolean {
  if (name === 'streamKey' || name === 'stream_key') return isCut(value);
  return value === '' || value === REDACTED || value === placeholders.get(name);
}

/** Shorter ones are found by chance, and each is searched for in the whole event. */
const MIN_LENGTH = 6;
const MAX_SECRETS = 64;
const MAX_WORDS = 32;

/** What was hidden in an event, to be hidden wherever else in it it recurs. */
export class Hidden {
  private readonly secrets = new Set<string>();
  /** Names of accounts, values of queries: what the path of a file may well hold by chance. */
  private readonly words = new Set<string>();
  /** Whether JSON, and URLs, write all of them as they are. */
  private plain = true;
  private sorted: Record<'all' | 'secrets', string[]> | null = null;

  addSecret(value: string): void {
    if (this.secrets.size < MAX_SECRETS) this.add(value, this.secrets);
  }

  addWord(value: string): void {
    if (this.words.size < MAX_WORDS) this.add(value, this.words);
  }

  private add(value: string, to: Set<string>): void {
    const trimmed = value.trim();
    if (trimmed.length < MIN_LENGTH || trimmed.includes(REDACTED) || isCut(trimmed)) return;
    const plain = isPlain.test(trimmed);
    this.plain &&= plain;
    for (const form of plain ? [trimmed] : formsOf(trimmed)) {
      if (form.length >= MIN_LENGTH && !REDACTED.includes(form)) to.add(form);
    }
  }

  /** False only if each is once in the JSON that the event was read from. */
  mayRecur(json: string | undefined): boolean {
    if (this.secrets.size === 0 && this.words.size === 0) return false;
    if (json === undefined || !this.plain || json.includes('\\u')) return true;
    for (const values of [this.secrets, this.words]) {
      for (const value of values) if (json.indexOf(value) !== json.lastIndexOf(value)) return true;
    }
    return false;
  }

  addAll(value: Json | undefined): void {
    if (typeof value === 'string') this.addSecret(value);
    else if (typeof value === 'number') this.addSecret(String(value));
    else if (Array.isArray(value)) for (const inner of value) this.addAll(inner);
    else if (isObject(value)) for (const inner of Object.values(value)) this.addAll(inner);
  }

  /** The text without them; the path of a file only without the secrets. */
  removeFrom(text: string, which: 'all' | 'secrets' = 'all'): string {
    this.sorted ??= {
      all: longestFirst([...this.secrets, ...this.words]),
      secrets: longestFirst([...this.secrets]),
    };
    let left = text;
    for (const value of this.sorted[which]) {
      if (left.length >= value.length && left.includes(value)) left = left.replaceAll(value, REDACTED);
    }
    return left;
  }
}

function longestFirst(values: string[]): string[] {
  return values.sort((a, b) => b.length - a.length);
}

const isPlain = /^[\w.~-]*$/;

function formsOf(value: string): string[] {
  return [value, decoded(value), encodeURIComponent(value.toWellFormed()), JSON.stringify(value).slice(1, -1)];
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
