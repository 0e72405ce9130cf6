import { setTimeout as pause } from 'node:timers/promises';
import { isAway } from '../database/failure.js';

const ATTEMPTS = 10;
const PAUSE_MS = 1000;

/**
 * A connection that breaks is no reason to begin anew: reading and projecting twice is doing it once.
 *
 * @param lost no attempt more once it is aborted
 */
export async function patiently<T>(lost: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || lost.aborted || !isAway(error)) throw error;
      await pause(PAUSE_MS);
    }
  }
}
