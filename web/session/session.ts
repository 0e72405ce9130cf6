import { computed, signal } from '@preact/signals';

/** What the tab is signed in with. The service judges it; what is read of it here only chooses words. */
export interface Held {
  readonly token: string;
  readonly expiresAt: number;
  readonly room: string | null;
}

type State = 'asking other tabs' | 'signed out' | 'signed in' | 'expired';

export const held = signal<Held | null>(null);
/** A token that arrived while another one was held. */
export const offered = signal<Held | null>(null);
export const state = signal<State>('asking other tabs');
export const token = computed(() => held.value?.token ?? '');

const KEPT = 'token';
const tabs = new BroadcastChannel('roomledger');
type Told = { ask: true } | { token: string };

export function readToken(text: string): Held | null {
  const [, found] = /(?:^|token=|Bearer\s+)([\w-]+\.[\w-]+\.[\w-]+)\s*$/.exec(text.trim()) ?? [];
  if (found === undefined) return null;
  try {
    const claims = JSON.parse(atob(found.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
    const room = claims.roomledger?.room ?? (claims.video?.roomList ? undefined : claims.video?.room);
    return { token: found, expiresAt: (claims.exp ?? 0) * 1000, room: room ?? null };
  } catch {
    return null;
  }
}

interface Claims {
  readonly exp?: number;
  readonly roomledger?: { readonly room?: string };
  readonly video?: { readonly room?: string; readonly roomList?: boolean };
}

export function signIn(next: Held): void {
  sessionStorage.setItem(KEPT, next.token);
  [held.value, offered.value, state.value] = [next, null, 'signed in'];
  tabs.postMessage({ token: next.token } satisfies Told);
}

export function signOut(why: 'signed out' | 'expired'): void {
  sessionStorage.removeItem(KEPT);
  [held.value, state.value] = [null, why];
}

export const isOver = ({ expiresAt }: Held): boolean => expiresAt <= Date.now();

/** The token of the address, of this tab, or of another tab that is open. */
export async function begin(): Promise<void> {
  tabs.addEventListener('message', ({ data }: MessageEvent<Told>) => hear(data));
  addEventListener('hashchange', () => offer(takeFromAddress()));
  const given = takeFromAddress();
  const kept = readToken(sessionStorage.getItem(KEPT) ?? '');
  if (kept && !isOver(kept)) signIn(kept);
  else await fromAnotherTab();
  offer(given);
  if (state.value === 'asking other tabs') state.value = kept ? 'expired' : 'signed out';
}

function hear(told: Told): void {
  if ('ask' in told) {
    if (held.value) tabs.postMessage({ token: held.value.token } satisfies Told);
    return;
  }
  const other = readToken(told.token);
  if (state.value === 'signed in' || !other || isOver(other)) return;
  sessionStorage.setItem(KEPT, other.token);
  [held.value, state.value] = [other, 'signed in'];
}

function fromAnotherTab(): Promise<void> {
  tabs.postMessage({ ask: true } satisfies Told);
  return new Promise((resolve) => {
    const stop = state.subscribe((now) => {
      if (now === 'signed in') done();
    });
    const timer = setTimeout(done, 200);
    function done(): void {
      clearTimeout(timer);
      queueMicrotask(() => stop());
      resolve();
    }
  });
}

function takeFromAddress(): Held | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return readToken(given);
}

function offer(given: Held | null): void {
  if (given === null || given.token === token.value) return;
  if (held.value === null || isOver(held.value)) signIn(given);
  else offered.value = given;
}
