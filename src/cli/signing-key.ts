import type { ApiKey } from '../settings/api-keys.js';
import type { Settings } from '../settings/settings.js';

export function signingKey({ keys }: Settings, name?: string): ApiKey & { readonly key: string } {
  const [key, found] = [...keys].find(([one]) => name === undefined || one === name) ?? [];
  if (key === undefined || found === undefined) throw new Error(`The settings hold no key "${name}".`);
  return { key, ...found };
}
