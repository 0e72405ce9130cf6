export interface Address {
  /** Below the page's own folder, as `rooms/RM_x`, decoded by part. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export type Changes = Readonly<Record<string, string | null | undefined>>;

export function decoded({ pathname, search }: Pick<URL, 'pathname' | 'search'>, home: URL): Address {
  const path = pathname.slice(home.pathname.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(search) };
}

export function encoded(path: string, query: Changes, home: URL): string {
  return changed(new URL(path.replace(/^\//, ''), home), query);
}

/** What is null or empty is left out. */
export function changed(at: URL | string, changes: Changes): string {
  const url = new URL(at);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url.pathname + url.search;
}
