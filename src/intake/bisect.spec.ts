import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { bisect, problemFrom } from './bisect.js';

const database = (code: string) => Object.assign(new pg.DatabaseError('refused', 7, 'error'), { code });

describe('bisect', () => {
  it('does all that can be done together, and the poisoned one alone', async () => {
    const done: number[] = [];
    const alone: [number, string][] = [];
    const work = (some: readonly number[]) => {
      if (some.includes(4)) return Promise.reject(database('22P02'));
      done.push(...some);
      return Promise.resolve();
    };
    await bisect([1, 2, 3, 4, 5], work, (item, error) => Promise.resolve(void alone.push([item, problemFrom(error)])));
    expect(done.sort()).toEqual([1, 2, 3, 5]);
    expect(alone).toEqual([[4, 'cannot be projected: refused']]);
  });

  it('tries again what only passes', async () => {
    let attempts = 0;
    await bisect(
      [1],
      () => (++attempts < 3 ? Promise.reject(database('40P01')) : Promise.resolve()),
      () => Promise.reject(new Error('never')),
    );
    expect(attempts).toBe(3);
  });

  it('fails all when the database is away, without asking item by item', async () => {
    let attempts = 0;
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const work = () => (attempts++, Promise.reject(refused));
    const failures = await bisect([1, 2, 3], work, () => Promise.resolve());
    expect(failures).toEqual([1, 2, 3].map(() => ({ error: refused })));
    expect(attempts).toBe(1);
  });

  it('fails the one that is refused even alone', async () => {
    const refused = database('22P02');
    const work = (some: readonly number[]) => (some.includes(2) ? Promise.reject(refused) : Promise.resolve());
    const failures = await bisect([1, 2, 3], work, (_, error) => Promise.reject(error));
    expect(failures).toEqual([null, { error: refused }, null]);
  });
});
