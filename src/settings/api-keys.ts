import { Problem } from './values.js';

export interface ApiKey {
  readonly secret: string;
  readonly project: string;
}

export type NamedKey = ApiKey & { readonly key: string };

/** A scalar of YAML on one line. Plain ones begin with none of its signs, which livekit-server would read as such. */
const quotedScalar = String.raw`"[^"\\]*"|'(?:[^']|'')*'`;
const first = '[^\\s"\'{}[\\]&*!|>%@`#,:]';
const entry = new RegExp(`^(?<name>${quotedScalar}|${first}[^\\s:]*)\\s*:\\s*(?<secret>${quotedScalar}|${first}\\S*)$`);
const separated = new RegExp(`(?:${quotedScalar}|[^\\n,])+`, 'g');

/**
 * `key: secret` or `key@project: secret`, separated by lines or commas, in YAML's spellings of them, which
 * livekit-server reads: quoted, in braces, with comments. Refusals never contain secrets.
 */
export function keyList(text: string): readonly NamedKey[] {
  const inside = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text;
  return (inside.match(separated) ?? [])
    .map((part) => part.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((part) => part !== '')
    .map(oneKey);
}

function oneKey(text: string, index: number): NamedKey {
  const { name, secret } = entry.exec(text)?.groups ?? {};
  const [, key = '', project = 'default'] = /^([^\s@]+)(?:@(.*))?$/.exec(unquoted(name ?? '')) ?? [];
  if (key === '' || secret === undefined || unquoted(secret) === '') {
    throw new Problem(`must hold "key: secret" or "key@project: secret", which entry ${index + 1} is not`);
  }
  if (!isProjectName(project)) {
    throw new Problem(`must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of key "${key}" is not`);
  }
  return Object.freeze({ key, project, secret: unquoted(secret) });
}

export function isProjectName(text: string): boolean {
  return /^[a-z0-9_-]{1,64}$/.test(text);
}

function unquoted(scalar: string): string {
  if (scalar.startsWith('"')) return scalar.slice(1, -1);
  return scalar.startsWith("'") ? scalar.slice(1, -1).replaceAll("''", "'") : scalar;
}

export function keysByName(keys: readonly NamedKey[]): ReadonlyMap<string, ApiKey> {
  const byName = new Map<string, ApiKey>();
  for (const { key, secret, project } of keys) {
    if (byName.has(key)) throw new Problem(`must not give the key "${key}" twice`);
    byName.set(key, Object.freeze({ secret, project }));
  }
  return byName;
}
