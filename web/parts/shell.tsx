import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, href } from '../address/address';
import { ask } from '../api/ask';
import { connected } from '../api/changes';
import { WhoAsks, type WhoAsksData } from '../generated/operations';
import { held, signOut } from '../session/session';
import { now } from '../words/now';
import { Reconnecting } from './states';
import { learnTenantPath } from './tenant';
import { theme } from './theme';
import { ZoneChoice } from './zone-choice';

export interface View {
  readonly path: string;
  readonly name: string;
}

/** Shown beside Live once it is known. */
export const openRooms = signal<number | null>(null);
const viewer = signal<WhoAsksData['viewer'] | null>(null);

export function Shell({ views, children }: { views: readonly View[]; children: ComponentChildren }) {
  const open = useSignal(false);
  useWhoAsks();
  useSearchKey();
  const [first = ''] = address.value.path;
  useEffect(() => void (open.value = false), [address.value]);
  const name = views.find(({ path }) => path === first)?.name ?? 'Roomledger';
  return (
    <div class="shell">
      <a class="skip" href="#content" data-whole>
        To the content
      </a>
      <header class="top">
        <Mark />
        <strong>{name}</strong>
        <button
          type="button"
          class="menu"
          aria-expanded={open.value}
          aria-controls="navigation"
          onClick={() => (open.value = !open.value)}
        >
          <span class="hidden">Menu</span>
          <i />
        </button>
      </header>
      <nav id="navigation" class={open.value ? 'side open' : 'side'} aria-label="Views">
        <a class="brand" href={href('/')}>
          <Mark /> Roomledger
        </a>
        <ul>
          {views.map(({ path, name: label }) => (
            <li key={path}>
              <a href={href(path)} aria-current={path === first ? 'page' : undefined}>
                {label}
                {path === '' && openRooms.value !== null && <small>{openRooms}</small>}
              </a>
            </li>
          ))}
        </ul>
        <Foot />
      </nav>
      <main id="content" tabIndex={-1}>
        <Reconnecting />
        {children}
      </main>
    </div>
  );
}

function Mark() {
  return <span class="mark" aria-hidden="true" />;
}

function Foot() {
  const { project, lagSeconds } = viewer.value ?? {};
  const behind = (lagSeconds ?? 0) < 0.1 ? '' : `, ${lagSeconds!.toFixed(1)} s behind`;
  const next = { system: 'light', light: 'dark', dark: 'system' } as const;
  return (
    <div class="foot">
      <p>
        <i class={connected.value === false ? 'dot off' : 'dot'} />{' '}
        {connected.value === false ? 'reconnecting' : `up to date${behind}`}
      </p>
      {project && (
        <p>
          project <strong>{project}</strong>
        </p>
      )}
      <p>
        <label class="hidden" for="zone">
          Time zone
        </label>
        <ZoneChoice id="zone" />
      </p>
      <p>
        <button type="button" class="link" onClick={() => (theme.value = next[theme.value])}>
          Colours: {theme.value === 'system' ? "the system's" : theme.value}
        </button>
        <button type="button" class="link" onClick={() => signOut('signed out')}>
          Sign out
        </button>
      </p>
    </div>
  );
}

/** `/` goes to the view's first search field. */
function useSearchKey(): void {
  useEffect(() => {
    const leaving = new AbortController();
    const search = (event: KeyboardEvent): void => {
      const typing = (event.target as Element).closest?.('input, select, textarea, .code');
      const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing || !field) return;
      event.preventDefault();
      field.focus();
    };
    addEventListener('keydown', search, { signal: leaving.signal });
    return () => leaving.abort();
  }, []);
}

function useWhoAsks(): void {
  useEffect(() => {
    const again = (): void =>
      void ask(WhoAsks, {}).then(
        ({ viewer: who, rooms }) => void ((viewer.value = who), learnTenantPath(rooms.nodes)),
        () => undefined,
      );
    again();
    const repeating = setInterval(again, 30_000);
    const expiring = now.subscribe((at) => {
      if (held.peek() && held.peek()!.expiresAt <= at) signOut('expired');
    });
    return () => {
      clearInterval(repeating);
      expiring();
    };
  }, []);
}
