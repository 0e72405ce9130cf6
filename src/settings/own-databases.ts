import { type ApiKey, isProjectName } from './api-keys.js';
import { databaseUrl } from './database-url.js';
import { Problem } from './values.js';

export interface OwnDatabase {
  readonly url: string;
  readonly readUrls: readonly string[];
}

/** Null: of the database that projects share. */
type UrlOfProject = readonly [project: string | null, url: string];

/** A password may hold a comma. */
const separator = /[\s,]+(?=(?:[^\s,:=]*=)?postgres(?:ql)?:)/;
const entry = /^(?:(?<project>[^\s,:=]*)=)?(?<url>.*)$/s;

function urlsOfProjects(text: string): readonly UrlOfProject[] {
  return text.split(separator).map((part, at) => {
    const { project = null, url = '' } = entry.exec(part.replace(/[\s,]+$/, ''))?.groups ?? {};
    if (project !== null && !isProjectName(project)) {
      throw new Problem(`must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of entry ${at + 1} is not`);
    }
    return [project, databaseUrl(url)];
  });
}

export function projectUrlList(text: string): readonly UrlOfProject[] {
  const urls = urlsOfProjects(text);
  for (const [at, [project, url]] of urls.entries()) {
    if (project === null) throw new Problem(`must hold project=url, which entry ${at + 1} is not`);
    const [other] = urls.slice(0, at).find(([one, before]) => one === project || before === url) ?? [];
    if (other === project) throw new Problem(`must not give the project "${project}" twice`);
    if (other !== undefined) throw new Problem(`must not give "${other}" and "${project}" the same database`);
  }
  return urls;
}

export function readUrlList(text: string): readonly UrlOfProject[] {
  const urls = urlsOfProjects(text);
  if (new Set(urls.map(([, url]) => url)).size < urls.length) throw new Problem('must name each replica once');
  return urls;
}

export function ownDatabasesOf(
  urls: readonly UrlOfProject[],
  readUrls: readonly UrlOfProject[],
): ReadonlyMap<string, OwnDatabase> {
  const stray = readUrls.find(([project]) => project !== null && urls.every(([one]) => one !== project));
  if (stray) throw new Problem(`names the project "${stray[0]}", which DATABASE_URLS does not`);
  return new Map(
    urls.map(([project, url]) => {
      const own = readUrls.filter(([one]) => one === project).map(([, readUrl]) => readUrl);
      return [project!, Object.freeze({ url, readUrls: Object.freeze(own) })];
    }),
  );
}

/** No project falls back on an embedded database because another one has its own. */
export function requireDatabaseOfEach(
  keys: ReadonlyMap<string, ApiKey>,
  own: ReadonlyMap<string, OwnDatabase>,
  sharedUrl: string | null,
): void {
  const projects = new Set(Array.from(keys.values(), ({ project }) => project));
  const keyless = [...own.keys()].find((project) => !projects.has(project));
  if (keyless !== undefined) throw new Problem(`names the project "${keyless}", of which there is no key`);
  const sharing = [...own].find(([, { url }]) => url === sharedUrl);
  if (sharing) throw new Problem(`gives the project "${sharing[0]}" the database of DATABASE_URL`);
  const homeless = [...projects].find((project) => !own.has(project));
  if (own.size > 0 && sharedUrl === null && homeless !== undefined) {
    throw new Problem(`does not name the project "${homeless}", and DATABASE_URL is not set`);
  }
}
