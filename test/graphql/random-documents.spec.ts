import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textWithoutHorizons } from '../support/horizons.js';
import { nothingSpent } from '../../src/graphql/cost/cost-walk.js';
import { formatResult } from '../../src/graphql/errors.js';
import { exactJson } from '../../src/read/exact-json.js';
import { arbitraryDocument, type Asked } from '../support/arbitrary-document.js';
import { insertFilterRows } from '../support/filter-rows.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let schema: GraphQLSchema;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await insertFilterRows(new Rows(service.database));
  schema = service.app.getHttpAdapter().getInstance().graphql.schema as GraphQLSchema;
});
afterAll(() => service.stop());

async function ask(body: Asked): Promise<{ status: number; text: string }> {
  const authorization = `Bearer ${await service.token({ roomList: true })}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

/** What graphql-js answers; null where it does not execute. */
async function reference({ query, variables, operationName }: Asked): Promise<string | null> {
  const document = parse(query);
  if (validate(schema, document).length > 0) return null;
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const reading = service.ledger.readings.of({ project: 'default', roomName: null }, response);
  const expiresAt = now + 3_600_000;
  const contextValue = { expiresAt, reading, settings: service.settings, spent: nothingSpent() };
  const result = await execute({ schema, document, contextValue, variableValues: variables, operationName });
  return 'data' in result ? exactJson(formatResult(result)) : null;
}

it('answers any document as graphql-js does, the first time and when it is compiled', async () => {
  const counts = { executed: 0, refused: 0 };
  const asProposed = fc.asyncProperty(arbitraryDocument(schema), async (asked) => {
    const expected = await reference(asked);
    const answers = [await ask(asked), await ask(asked), await ask(asked)];
    if (expected === null) {
      counts.refused++;
      expect(answers[0]!.status).toBe(400);
      for (const again of answers) expect(again).toEqual(answers[0]);
    } else {
      counts.executed++;
      for (const { status, text } of answers) {
        expect({ status, text: textWithoutHorizons(text) }).toEqual({
          status: 200,
          text: textWithoutHorizons(expected),
        });
      }
    }
  });
  await fc.assert(asProposed, { numRuns: Number(process.env['RUNS'] ?? 100) });
  expect(counts.executed).toBeGreaterThan(counts.refused / 10);
});
