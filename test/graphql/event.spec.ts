import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.js';

const question = 'query($id: ID!) { webhookEvent(id: $id) { id createdAt receivedAt event roomName payload } }';
const event = { event: 'room_started', createdAt: '1772445600', room: { sid: 'RM_1', name: 'daily' } };

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { statementTimeoutMs: 300 } });
  await service.post(JSON.stringify({ ...event, id: 'EV_\u0000' }));
});
afterAll(() => service.stop());

function ask(token?: string): Promise<unknown> {
  return service.query(question, { id: 'EV_\u0000' }, token);
}

it('finds an event by the id that it came with', async () => {
  expect(await ask()).toMatchObject({
    data: {
      webhookEvent: { id: 'EV_\uFFFD', createdAt: '2026-03-02T10:00:00.000Z', roomName: 'daily', payload: event },
    },
  });
});

it('finds none of another project or room', async () => {
  const others = [
    await service.token({ roomList: true }, { key: 'acmekey' }),
    await service.token({ roomAdmin: true, room: 'weekly' }),
  ];
  for (const token of others) expect(await ask(token)).toMatchObject({ data: { webhookEvent: null } });
  const ofRoom = await service.token({ roomAdmin: true, room: 'daily' });
  expect(await ask(ofRoom)).toMatchObject({ data: { webhookEvent: { roomName: 'daily' } } });
});

it('is TIMEOUT while the log is locked for longer than a statement may take', async () => {
  const holder = new pg.Client(service.database.url);
  await holder.connect();
  await holder.query('begin; lock table webhook_event in access exclusive mode');
  expect(await ask()).toMatchObject({ status: 200, errors: [{ extensions: { code: 'TIMEOUT' } }] });
  await holder.end();
});
