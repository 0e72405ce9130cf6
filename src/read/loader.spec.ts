import { describe, expect, it } from 'vitest';
import { Loader } from './loader.js';

describe('Loader', () => {
  it('loads what siblings ask for at once, in their order', async () => {
    const loads: (readonly number[])[] = [];
    const batch = new Loader<number, number>(async (keys) => {
      loads.push(keys);
      return keys.map((key) => key * 10);
    });
    const late = Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => batch.get(3));
    expect(await Promise.all([batch.get(1), batch.get(2), late])).toEqual([10, 20, 30]);
    expect(loads).toEqual([[1, 2, 3]]);
  });

  it('loads a key once', async () => {
    const batch = new Loader<string, number>(async (keys) => keys.map((_, index) => index));
    expect(await Promise.all([batch.get('a'), batch.get('b'), batch.get('a')])).toEqual([0, 1, 0]);
  });

  it('loads again for a later round', async () => {
    let loads = 0;
    const batch = new Loader<number, number>(async (keys) => (loads++, keys));
    await batch.get(1);
    await batch.get(2);
    expect(loads).toBe(2);
  });

  it('fails all that wait when the load fails', async () => {
    const batch = new Loader<number, number>(() => Promise.reject(new Error('away')));
    const results = await Promise.allSettled([batch.get(1), batch.get(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
