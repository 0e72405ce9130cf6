import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAll, expectRows } from '../support/answers.js';
import { type Arrived, commitBatches, problemsOf, type Row, tablesOf } from '../support/commits.js';
import { shuffled, vectors, type Vector } from '../support/histories.js';
import { startService, type Service } from '../support/service.js';

/** All vectors lie on this day; they arrive when it is over. */
const arrival = Date.UTC(2026, 2, 3);
const all = vectors();

let service: Service;
let orderings = 0;

/** Each vector has a key, and so a project, of its own. */
beforeAll(async () => {
  const keys = new Map(all.map(({ name }) => [name, { secret: 'secret', project: name }]));
  service = await startService({ clock: { now: () => arrival }, settings: { keys } });
});
afterAll(() => service.stop());

describe.each(all)('vector $name', (vector) => {
  const { name: key, events, expected, problems } = vector;
  let asSent: Record<string, Row[]>;

  beforeAll(async () => {
    for (const event of events) await service.deliver(JSON.stringify(event), { key });
    asSent = await tablesOf(service.database, key);
  });

  it('is answered with its rows', async () => {
    const token = await service.token({ roomList: true }, { key });
    expectRows(await askAll(service, token), expected);
    expect(await askProblems(token)).toEqual(problems);
  });

  it.concurrent.each(orders(vector))('gives the same tables $order', async ({ batches }) => {
    const project = `${key}/${orderings++}`;
    await commitBatches(service.database, project, { batches });
    expect(await tablesOf(service.database, project)).toEqual(asSent);
    expect(await problemsOf(service.database, project)).toEqual(problems);
  });
});

interface Order {
  readonly order: string;
  readonly batches: readonly (readonly Arrived[])[];
}

/** Every order of up to four events; of more, these and a few shuffles. */
function orders({ events }: Vector): Order[] {
  const some = events.length <= 4 ? permutations(events) : [1, 2, 3].map((seed) => shuffled(events, seed));
  const oneByOne = (order: string, list: Vector['events']): Order => ({
    order,
    batches: list.map((event) => [arrived(event)]),
  });
  return [
    oneByOne('reversed', [...events].reverse()),
    oneByOne(
      'doubled',
      events.flatMap((event) => [event, event]),
    ),
    oneByOne('doubled, the second time reversed', [...events, ...[...events].reverse()]),
    { order: 'in one batch', batches: [[...events, ...events].map(arrived)] },
    ...some.map((list, at) => oneByOne(`in order ${at + 1}`, list)),
  ];
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, at) =>
    permutations(list.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}

function arrived(event: object): Arrived {
  return { body: Buffer.from(JSON.stringify(event)), receivedAt: arrival };
}

async function askProblems(token: string): Promise<string[]> {
  const { data } = await service.query<{ webhookEvents: { nodes: { id: string; problem: string }[] } }>(
    '{ webhookEvents(filter: { projected: false }) { nodes { id problem } } }',
    {},
    token,
  );
  expect(data.webhookEvents.nodes.every(({ problem }) => problem !== '')).toBe(true);
  return data.webhookEvents.nodes.map(({ id }) => id).sort();
}
