import { expect, it } from 'vitest';
import { lossesIn } from './webhook-losses.js';

it('counts what LiveKit dropped or could not deliver, for whatever reason', () => {
  const metrics = `# TYPE livekit_webhook_dispatch_total counter
livekit_webhook_dispatch_total{node_id="ND_1",reason="",status="success"} 1024
livekit_webhook_dispatch_total{node_id="ND_1",reason="age",status="drop"} 3
livekit_webhook_dispatch_total{node_id="ND_1",reason="depth",status="drop"} 4
livekit_webhook_dispatch_total{status="failure"} 1e+01
livekit_webhook_queue_length{status="drop"} 99
`;
  expect(lossesIn(metrics)).toBe(17);
  expect(lossesIn('')).toBe(0);
});
