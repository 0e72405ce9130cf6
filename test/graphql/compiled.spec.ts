import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryPoints, nestedFields } from '../support/every-place.js';
import { withoutHorizons } from '../support/horizons.js';
import { insertFilterRows } from '../support/filter-rows.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const ids = ['RM_1', 'PA_1', 'TR_1', 'EG_1', 'RT_1', 'AJ_1', 'EV_1'];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await insertFilterRows(rows);
  const file = { kind: 'FILE', filename: 'a.mp4', sizeBytes: 5_000_000_000, durationSeconds: 1.5, segmentCount: null };
  await rows.egresses({ egressId: 'EG_out', status: 'EGRESS_NEWER', outputs: [file], info: { big: 1.25 } });
});
afterAll(() => service.stop());

// GraphQL's own executor, which answers at first, checks each value against its type. What is compiled then does not.
it.each([...entryPoints(ids, 'acme'), ...nestedFields()])(
  'answers alike when it is compiled: $name',
  async ({ query }) => {
    const first = await service.query(query);
    expect(first.errors).toBeUndefined();
    for (let again = 0; again < 2; again++) {
      expect(withoutHorizons(await service.query(query))).toEqual(withoutHorizons(first));
    }
  },
);
