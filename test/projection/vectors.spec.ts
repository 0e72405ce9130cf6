import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAll, expectRows } from '../support/answers.js';
import { shuffled, vectors, type Vector } from '../support/histories.js';
import { startService, type Service } from '../support/service.js';
import { emptyDatabase } from '../support/tables.js';

/** All vectors lie on this day; they arrive when it is over. */
const arrival = Date.UTC(2026, 2, 3);

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService({ clock: { now: () => arrival } });
  token = await service.token({ roomList: true });
});
afterAll(() => service.stop());

describe.each(vectors())('vector $name', (vector) => {
  it.each(orders(vector))('gives its rows $order', async ({ events, together }) => {
    await emptyDatabase(service.database);
    if (together) await Promise.all(events.map(post));
    else for (const event of events) await post(event);
    expectRows(await askAll(service, token), vector.expected);
    expect(await problems()).toEqual(vector.problems);
  });
});

interface Order {
  order: string;
  events: Vector['events'];
  together?: boolean;
}

/** Every order of up to four events; of more, these and a few shuffles. */
function orders({ events }: Vector): Order[] {
  const some = events.length <= 4 ? permutations(events) : [1, 2, 3].map((seed) => shuffled(events, seed));
  return [
    { order: 'as sent', events },
    { order: 'reversed', events: [...events].reverse() },
    { order: 'doubled', events: events.flatMap((event) => [event, event]) },
    { order: 'doubled, the second time reversed', events: [...events, ...[...events].reverse()] },
    { order: 'in one batch', events: [...events, ...events], together: true },
    ...some.map((order, at) => ({ order: `in order ${at + 1}`, events: order })),
  ];
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) =>
    permutations(list.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}

async function post(event: object): Promise<void> {
  expect((await service.post(JSON.stringify(event))).status).toBe(200);
}

async function problems(): Promise<string[]> {
  const { data } = await service.query<{ webhookEvents: { nodes: { id: string; problem: string }[] } }>(
    '{ webhookEvents(filter: { projected: false }) { nodes { id problem } } }',
    {},
    token,
  );
  expect(data.webhookEvents.nodes.every(({ problem }) => problem !== '')).toBe(true);
  return data.webhookEvents.nodes.map(({ id }) => id).sort();
}
