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

  it('gives up when the database is away, without asking item by item', async () => {
    let attempts = 0;
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const work = () => (attempts++, Promise.reject(refused));
    await expect(bisect([1, 2, 3], work, () => Promise.resolve())).rejects.toBe(refused);
    expect(attempts).toBe(1);
  });
});
