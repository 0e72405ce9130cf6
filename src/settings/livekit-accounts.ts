import type { ApiKey } from './api-keys.js';
import { Problem } from './values.js';

export interface LivekitAccount {
  readonly url: string;
  readonly key: string;
  readonly secret: string;
}

export type ProjectUrl = readonly [project: string, url: string];

/** `https://livekit.example.com`, or `project=url` separated by commas. */
export function urlList(text: string): readonly ProjectUrl[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(oneUrl);
}

function oneUrl(text: string): ProjectUrl {
  const [, project = 'default', url = ''] = /^(?:([a-z0-9_-]{1,64})=)?(.+)$/.exec(text) ?? [];
  if (!URL.canParse(url) || !/^(https?|wss?):$/.test(new URL(url).protocol)) {
    throw new Problem('must be a URL such as https://livekit.example.com, or project=url for each project');
  }
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') throw new Problem('must not hold a user or password, which logs would show');
  return [project, url.replace(/^ws/, 'http').replace(/\/$/, '')];
}

/** The first key of each project asks. */
export function accountsOf(
  urls: readonly ProjectUrl[],
  keys: ReadonlyMap<string, ApiKey>,
): ReadonlyMap<string, LivekitAccount> {
  const accounts = new Map<string, LivekitAccount>();
  for (const [project, url] of urls) {
    const found = [...keys].find(([, key]) => key.project === project);
    if (found === undefined) throw new Problem(`names the project "${project}", of which there is no key`);
    if (accounts.has(project)) throw new Problem(`must not give the project "${project}" twice`);
    accounts.set(project, Object.freeze({ url, key: found[0], secret: found[1].secret }));
  }
  return accounts;
}
