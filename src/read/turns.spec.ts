import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asker, Turns } from './turns.js';

let turns: Turns;
beforeEach(() => {
  vi.useFakeTimers();
  turns = new Turns({ connections: 12 });
});
afterEach(() => {
  turns.end();
  vi.useRealTimers();
});

const still = { patience: 1_000, advance: () => undefined, tick: () => undefined };

function request(project: string, token: object = {}): Asker {
  return turns.asker(Object.assign(token, { project, roomName: null }), still);
}

function ask(asker: Asker, times: number): number {
  const asked = Array.from({ length: times }, () => turns.take(asker));
  for (const turn of asked) turn?.catch(() => undefined);
  return asked.filter((turn) => turn === undefined).length;
}

describe('turns', () => {
  it('are at most four at once for a request', () => {
    expect(ask(request('a'), 30)).toBe(4);
  });

  it('leave room for another token, and for another project', () => {
    const token = {};
    expect([1, 2, 3].map(() => ask(request('a', token), 30))).toEqual([4, 1, 0]);
    expect(ask(request('a'), 30)).toBe(1);
    expect(ask(request('a'), 30)).toBe(0);
    expect(ask(request('b'), 30)).toBeGreaterThan(1);
    expect(ask(request('c'), 30)).toBeGreaterThan(0);
  });

  it('come first to who has fewest, then to who waits longest for one', async () => {
    const [token, other] = [{}, {}];
    const running = [request('a', token), request('a', token)];
    for (const asker of running) ask(asker, 4);
    const came: string[] = [];
    const wait = (name: string, asker: Asker): void => void turns.take(asker)!.then(() => came.push(name));
    ask(request('a', other), 1);
    for (const name of ['first', 'second']) wait(name, request('a', token));
    for (const name of ['third', 'fourth']) wait(name, request('a', other));
    for (const _turn of [1, 2]) turns.leave(running[0]!);
    await vi.advanceTimersByTimeAsync(0);
    expect(came).toEqual(['third', 'fourth']);
  });

  it('are refused as BUSY after waiting in vain, with all that the request waits for', async () => {
    const other = request('a');
    expect([request('a'), request('a')].map((asker) => ask(asker, 3))).toEqual([3, 3]);
    const refused = [turns.take(other), turns.take(other)].map((turn) =>
      expect(turn).rejects.toMatchObject({ status: 503, code: 'BUSY' }),
    );
    await vi.advanceTimersByTimeAsync(1_500);
    await Promise.all(refused);
  });

  it('are refused at once where two hundred requests of a token wait', async () => {
    const token = {};
    for (let count = 0; count < 202; count++) ask(request('a', token), 4);
    await expect(turns.take(request('a', token))).rejects.toMatchObject({ code: 'BUSY' });
    expect(ask(request('a'), 1)).toBe(1);
  });

  it('are given back whole', async () => {
    for (let round = 0; round < 3; round++) {
      const one = request('a');
      expect(ask(one, 5)).toBe(4);
      for (let turn = 0; turn < 4; turn++) turns.leave(one);
      await vi.advanceTimersByTimeAsync(0);
      turns.leave(one);
    }
  });
});
