import { play } from '../../src/cli/simulate/play.js';
import type { Service } from './service.js';

/** Bodies of a play that ended a minute ago. */
export function played(count: number): string[] {
  const to = Date.now() - 60_000;
  return [...play({ seed: 7, rooms: 8, count, from: to - 3_600_000, to })].map(({ body }) => JSON.stringify(body));
}

/** Posts them, sixteen at a time; refused unless each is taken. */
export async function postAll(service: Service, bodies: readonly string[]): Promise<void> {
  const left = bodies.values();
  const post = async (): Promise<void> => {
    for (const body of left) await service.deliver(body);
  };
  await Promise.all(Array.from({ length: 16 }, post));
}

export interface Arrivals {
  /** Kept when each was taken. */
  readonly all: Promise<void>;
  underWay(): boolean;
}

/** Posts them while the test does something else. */
export function startPosting(service: Service, bodies: readonly string[]): Arrivals {
  let left = true;
  const all = postAll(service, bodies).finally(() => (left = false));
  return { all, underWay: () => left };
}
