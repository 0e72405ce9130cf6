import { signal } from '@preact/signals';

export interface Address {
  /** Below the page's own folder, as `rooms/RM_x`, decoded by part. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The folder that holds the page; its scripts lie in `assets/` of it. */
export const home = new URL(import.meta.env.DEV ? '/' : '../', import.meta.url);

export const address = signal(read());

function read(): Address {
  const path = location.pathname.slice(home.pathname.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

export function href(path: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const url = new URL(path.replace(/^\//, ''), home);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

export function go(to: string): void {
  history.pushState(null, '', to);
  address.value = read();
  scrollTo(0, 0);
}

/** Changes what the view shows without a step back to come. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(null, '', url.pathname + url.search);
  address.value = read();
}

addEventListener('popstate', () => (address.value = read()));

/** Links of this page change the view; with a modifier they open where the browser opens them. */
addEventListener('click', (event) => {
  const link = (event.target as Element).closest?.('a');
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
  if (!link || modified || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (!link.pathname.startsWith(home.pathname) || link.dataset['whole'] !== undefined) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
