import { expect, it, onTestFinished } from 'vitest';
import { erase } from '../../src/erasing/erase.js';
import { startService } from '../support/service.js';
import { begun, connect, Subscriber, webhook } from '../support/subscriber.js';

const query = `subscription ($after: String) {
  webhookEvents(after: $after) { cursor node { id participantIdentity payload } }
}`;

it('tells nobody who resumes what was told to others before an erasure', async () => {
  const service = await startService({ settings: { erasureKey: 'a key of at least thirty-two characters' } });
  onTestFinished(() => service.stop());
  const client = connect(service);
  const first = await begun(service, new Subscriber(client, { query }));
  const { cursor } = first;
  const room = { sid: 'RM_1', name: 'daily' };
  const participant = { sid: 'PA_9', identity: 'ada@example.org' };
  await service.deliver(webhook('participant_joined', { id: 'EV_1', room, participant }));
  await first.until(({ ids }) => ids.includes('EV_1'));
  const selection = { project: 'default', identity: participant.identity };
  await erase(service.database, { selection, by: 'tests', now: Date.now() + 1000, archive: null });
  await service.deliver(webhook('room_finished', { id: 'EV_2', room }));
  await first.until(({ ids }) => ids.includes('EV_2'));

  const resumed = new Subscriber(client, { query, variables: { after: cursor } });
  await resumed.until(({ ids }) => ids.includes('EV_2'));
  expect(resumed.ids).toEqual(['EV_1', 'EV_2']);
  expect(JSON.stringify(resumed.told)).not.toContain('ada@example.org');
});
