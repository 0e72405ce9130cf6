import { WebhookEvent } from '@livekit/protocol';
import { snakeCase } from '../text/snake-case.js';
import { fieldKinds, type Kind } from './secret-fields.js';

/** The fields of a message, under both spellings of their names. */
export interface Shape {
  readonly fields: ReadonlyMap<string, Field>;
}
export type Field = Kind | Shape;

export const UNKNOWN: Shape = { fields: new Map() };
/** A map whose keys the sender chose. */
export const OWN: Shape = { fields: new Map() };
/** What stands in the place of a URL, and may hold one. */
export const IN_URL: Shape = { fields: new Map() };

interface MessageType {
  readonly typeName: string;
  readonly fields: { list(): readonly ProtocolField[] };
}
interface ProtocolField {
  readonly name: string;
  readonly jsonName: string;
  readonly kind: 'scalar' | 'enum' | 'map' | 'message';
  readonly T?: unknown;
}
interface EnumType {
  readonly values: readonly { name: string }[];
}

const STRING = 9;
const BYTES = 12;

/** The names of enum values, which no redaction changes. */
export const enumNames = new Set<string>();
export const enumFields = new Set<string>();
/** What the fields of each name are, whatever message has them; null where that differs. */
const anywhere = new Map<string, Field | null>();
const shapes = new Map<string, Shape>();

export const eventShape = shapeOf(WebhookEvent as unknown as MessageType);

function shapeOf(type: MessageType): Shape {
  const known = shapes.get(type.typeName);
  if (known) return known;
  const fields = new Map<string, Field>();
  const shape: Shape = { fields };
  shapes.set(type.typeName, shape);
  const kinds = fieldKinds[type.typeName.replace(/^livekit\./, '')] ?? {};
  for (const field of type.fields.list()) {
    const what = kinds[field.jsonName] ?? byType(field);
    for (const name of new Set([field.jsonName, field.name, snakeCase(field.jsonName)])) {
      fields.set(name, what);
      if (field.kind === 'enum') enumFields.add(name);
      if (isTelling(what)) anywhere.set(name, !anywhere.has(name) || anywhere.get(name) === what ? what : null);
    }
  }
  return shape;
}

function byType({ kind, T }: ProtocolField): Field {
  if (kind === 'message') return isText(T as MessageType) ? 'text' : shapeOf(T as MessageType);
  if (kind === 'enum') for (const { name } of (T as EnumType).values) enumNames.add(name);
  return kind === 'map' || T === STRING || T === BYTES ? 'text' : 'value';
}

function isText({ typeName }: MessageType): boolean {
  return typeName.startsWith('google.protobuf.');
}

function isTelling(field: Field): boolean {
  if (typeof field !== 'string') return [...field.fields.values()].some((inner) => isSecret(inner));
  return field === 'own' || isSecret(field);
}

function isSecret(field: Field): boolean {
  if (typeof field !== 'string') return isTelling(field);
  return field === 'secret' || field === 'account' || field === 'url' || field === 'location';
}

export function unlisted(shape: Shape, name: string): Field {
  if (shape === OWN) return 'own';
  const field = guess(name);
  return field === 'new' && shape === IN_URL ? 'url' : field;
}

const suspects =
  /secret|passw|passphrase|token|credential|authorization|cookie|signature|username|accountname|(?:api|access|account|private|shared|signing|stream)key|streamid/;
const guesses = new Map<string, Field>();

function guess(name: string): Field {
  let field = guesses.get(name);
  if (field === undefined) {
    field = guessed(name);
    // The names are the sender's: only so many are kept.
    if (guesses.size < 1000 && name.length < 100) guesses.set(name, field);
  }
  return field;
}

function guessed(name: string): Field {
  const telling = anywhere.get(name);
  if (telling) return telling;
  const lower = name.toLowerCase().replaceAll('_', '').replaceAll('-', '');
  if (suspects.test(lower)) return 'suspect';
  return /(?:ur[il]s?|proxy)$/.test(lower) ? 'url' : 'new';
}
