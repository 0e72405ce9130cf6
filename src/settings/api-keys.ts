import { Problem } from './values.js';

export interface ApiKey {
  readonly secret: string;
  readonly project: string;
}

export type NamedKey = ApiKey & { readonly key: string };

const entry = /^(?<key>[^\s:@]+)(?:@(?<project>[^\s:]*))?\s*:\s*(?<secret>\S+)$/;
const projectName = /^[a-z0-9_-]{1,64}$/;

/** `key: secret` or `key@project: secret`, separated by lines or commas. Refusals never contain secrets. */
export function keyList(text: string): readonly NamedKey[] {
  return text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(oneKey);
}

function oneKey(text: string, index: number): NamedKey {
  const { key, project = 'default', secret } = entry.exec(text)?.groups ?? {};
  if (key === undefined || secret === undefined) {
    throw new Problem(`must hold "key: secret" or "key@project: secret", which entry ${index + 1} is not`);
  }
  if (!projectName.test(project)) {
    throw new Problem(`must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of key "${key}" is not`);
  }
  return Object.freeze({ key, project, secret: unquoted(secret) });
}

/** livekit-server reads its keys as YAML, where a secret may be quoted. */
function unquoted(secret: string): string {
  return /^(["'])(.+)\1$/.exec(secret)?.[2] ?? secret;
}

export function keysByName(keys: readonly NamedKey[]): ReadonlyMap<string, ApiKey> {
  const byName = new Map<string, ApiKey>();
  for (const { key, secret, project } of keys) {
    if (byName.has(key)) throw new Problem(`must not give the key "${key}" twice`);
    byName.set(key, Object.freeze({ secret, project }));
  }
  return byName;
}
