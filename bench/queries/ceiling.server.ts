import type { FastifyInstance } from 'fastify';
import { Access } from '../../src/access/access.service.js';
import { systemClock } from '../../src/settings/clock.js';
import { Ledgers } from '../../src/ledgers/ledgers.service.js';
import { createServer } from '../../src/server.js';
import { readSettings } from '../../src/settings/settings.js';
import { statements } from './ceiling.statements.js';
import type { Question } from './questions.js';

interface Asked {
  readonly question: Question;
  readonly values: readonly string[];
}

const settings = readSettings(process.env);
const app = await createServer(settings, systemClock);
const access = app.get(Access, { strict: false });
const { queries } = app.get(Ledgers, { strict: false }).of('default').database;
const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
fastify.post<{ Body: Asked }>('/ceiling', async ({ headers, body }, reply) => {
  await access.scope(headers.authorization);
  const { question, values } = body;
  const { rows } = await queries.query<{ answer: string }>({
    name: question,
    text: statements[question],
    values: [...values],
  });
  return reply.type('application/json').send(rows[0]!.answer);
});
await app.listen(settings.port, settings.host);
