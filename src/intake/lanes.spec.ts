import { Logger } from '@nestjs/common';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import { Lanes } from './lanes.js';

const event = readEvent('default', { event: 'room_started', id: 'EV_1', room: { sid: 'RM_1', name: 'one' } }, 0);

function stuckLanes(): Lanes<LedgerEvent, string> {
  const logger = Object.assign(new Logger('Intake'), { warn: () => undefined });
  return new Lanes({
    eventOf: (one) => one,
    commit: () => Promise.resolve(null),
    defer: (some) => some.map(() => Promise.resolve('deferred')),
    logger,
  });
}

it('a room is blocked while its events are tried again and again, and no longer', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const lanes = stuckLanes();
  expect(await lanes.add(event, 0)).toBe('deferred');
  for (let tries = 0; tries < 3; tries++) {
    expect(lanes.blocked).toBe(1);
    vi.advanceTimersByTime(40_000);
    await lanes.add(event, 0);
  }
  expect(lanes.blocked).toBe(1);
  vi.advanceTimersByTime(61_000);
  expect(lanes.blocked).toBe(0);
});
