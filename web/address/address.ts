import { signal } from '@preact/signals';
import { type Address, changed, type Changes, decoded, encoded } from './codec';

/** The folder that holds the page; its scripts lie in `assets/` of it. */
export const home = new URL(import.meta.env.DEV ? '/' : '../', import.meta.url);

export const address = signal(read());

function read(): Address {
  return decoded(location, home);
}

export const href = (path: string, query: Changes = {}): string => encoded(path, query, home);

export function go(to: string): void {
  history.pushState(null, '', to);
  address.value = read();
  scrollTo(0, 0);
}

/** Changes what the view shows without a step back to come. */
export function setQuery(changes: Changes): void {
  history.replaceState(null, '', changed(location.href, changes));
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
