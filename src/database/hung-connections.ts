import type pg from 'pg';
import { breakOff, type State, stateOf } from './driver/driver.js';

const PATIENCE_MS = 2_000;

/**
 * Breaks off a connection whose server does not answer, so that its statements fail. One that Postgres works for may
 * take `mostMs`. @returns a function that ends the watch
 */
export function breakOffWhenHung(pool: pg.Pool, client: pg.PoolClient, mostMs = Infinity): () => void {
  const began = performance.now();
  let timer: NodeJS.Timeout | null = null;
  const wait = (before: State): void => {
    timer = setTimeout(() => void look(before), PATIENCE_MS);
  };
  // Asks twice: a connection may be idle between two statements, and a busy machine may be slow to connect.
  const look = async (before: State): Promise<void> => {
    const state = await stateOf(pool, client);
    if (timer === null) return;
    if (performance.now() - began > mostMs) breakOff(client, 'took too long');
    else if (state === 'working' || (state === 'idle' && before !== 'idle')) wait(state);
    else if (state === before) breakOff(client, 'hung');
    else await look(state);
  };
  wait('working');
  return () => {
    clearTimeout(timer ?? undefined);
    timer = null;
  };
}

/**
 * Watches every connection of a pool that is in use for long. One timer for all: with a timer for each statement, V8
 * promoted all garbage to its old generation. @returns a function that ends the watch
 */
export function breakOffAllHung(pool: pg.Pool): () => void {
  const watched = new Map<pg.PoolClient, (() => void) | null>();
  pool.on('acquire', (client) => watched.set(client, null));
  pool.on('release', (_, client) => {
    watched.get(client)?.();
    watched.delete(client);
  });
  const timer = setInterval(() => {
    for (const [client, watch] of watched) if (watch === null) watched.set(client, breakOffWhenHung(pool, client));
  }, PATIENCE_MS).unref();
  return () => clearInterval(timer);
}

/** @returns a function that breaks off every connection in use */
export function breakingOff(pool: pg.Pool): () => void {
  const used = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => used.add(client));
  pool.on('release', (_, client) => used.delete(client));
  return () => {
    for (const client of used) breakOff(client, 'hung');
  };
}
