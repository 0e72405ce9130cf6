import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amount, seed } from '../support/amount.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { argumentsOf, keeps, type Question, questions } from '../support/usage-questions.js';
import { type Cell, cellsOf, partOf, type ReferenceRow, rowOf, topOf } from '../support/usage-reference.js';
import { scenes, type Starts, startsOf } from '../support/usage-scenes.js';
import { type Session, sow } from '../support/usage-sessions.js';

const cases = amount('USAGE_CASES');
const together = 25;

let service: Service;
const sessions = new Map<string, Session[]>();
const starts = new Map<string, Starts>();
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  for (const scene of scenes) {
    sessions.set(scene.name, await sow(rows, scene, 50));
    for (const zone of [...scene.zones, 'UTC'])
      starts.set(`${scene.name} ${zone}`, await startsOf(service.database.queries, scene, zone));
  }
  await rows.countUsage();
  await service.database.prisma.$executeRawUnsafe('analyze');
});
afterAll(() => service.stop());

/** Sessions of all scenes: those that are open reach into others. */
function cellsFor(question: Question): Cell[] {
  const { scene, from, to, interval, timeZone, groupBy, top } = question;
  const inside = interval === null ? [] : starts.get(`${scene.name} ${timeZone}`)![interval];
  const edges = [from, ...inside.filter((at) => at > from && at < to), to];
  const matching = [...sessions.values()].flat().filter((session) => keeps(question, session));
  return top === null ? cellsOf(matching, edges, groupBy) : topOf(matching, edges, { groupBy, top });
}

const ofCells = `from to group { dimension value } seconds uncertainSeconds minutes certain: certainMinutes certainCeilTotal: certainMinutes(rounding: CEIL_TOTAL)
  ceilSession: minutes(rounding: CEIL_SESSION)
  ceilTotal: minutes(rounding: CEIL_TOTAL) sessions averageConcurrency openSessions final others`;
const row = `${ofCells} identities peakConcurrency bytes certainCeilSession: certainMinutes(rounding: CEIL_SESSION)`;
const numbers = Array.from({ length: together }, (_, index) => index);
const parameters = (n: number): string =>
  `$meter${n}: Meter! $from${n}: DateTime! $to${n}: DateTime! $interval${n}: UsageInterval $timeZone${n}: String
   $groupBy${n}: [UsageDimension!] $filter${n}: UsageFilter $top${n}: UsageTop`;
const names = ['meter', 'from', 'to', 'interval', 'timeZone', 'groupBy', 'filter', 'top'];
const usage = (n: number, fields: string): string =>
  `u${n}: usage(${names.map((name) => `${name}: $${name}${n}`).join(' ')}) { ${fields} }`;
const documentOf = (fields: string): string =>
  `query (${numbers.map(parameters).join(' ')}) { ${numbers.map((n) => usage(n, fields)).join(' ')} }`;

async function askTogether(asked: readonly Question[], fields: string): Promise<Partial<ReferenceRow>[][]> {
  const variables = asked.flatMap((question, n) =>
    Object.entries(argumentsOf(question)).map(([name, value]) => [`${name}${n}`, value]),
  );
  const { data, errors } = await service.query<Record<string, ReferenceRow[]>>(
    documentOf(fields),
    Object.fromEntries(variables),
  );
  expect(errors).toBeUndefined();
  return numbers.map((n) => data[`u${n}`]!);
}

describe('usage', () => {
  it(`agrees with the reference to the last digit in ${cases} cases`, { timeout: 3_600_000 }, async () => {
    let rows = 0;
    const property = fc.asyncProperty(
      fc.array(questions, { minLength: together, maxLength: together }),
      async (asked) => {
        const answers = await askTogether(asked, row);
        for (const [index, question] of asked.entries()) {
          const expected = cellsFor(question).map((cell) => rowOf(cell, question.groupBy));
          rows += expected.length;
          expect(answers[index], JSON.stringify(argumentsOf(question))).toEqual(expected);
        }
      },
    );
    await fc.assert(property, { numRuns: Math.ceil(cases / together), seed, endOnFailure: true });
    expect(rows).toBeGreaterThan(cases * 5);
  });

  it(`agrees with it from what is kept beside the sessions in ${cases} cases`, { timeout: 3_600_000 }, async () => {
    let rows = 0;
    const property = fc.asyncProperty(
      fc.array(questions.map(ofFewValues), { minLength: together, maxLength: together }),
      async (asked) => {
        const answers = await askTogether(asked, ofCells);
        for (const [index, question] of asked.entries()) {
          const expected = cellsFor(question).map((cell) => {
            const {
              identities: _,
              peakConcurrency: __,
              bytes: ____,
              certainCeilSession: ___,
              ...kept
            } = rowOf(cell, question.groupBy);
            return kept;
          });
          rows += expected.length;
          expect(answers[index], JSON.stringify(argumentsOf(question))).toEqual(expected);
        }
      },
    );
    await fc.assert(property, { numRuns: Math.ceil(cases / together), seed, endOnFailure: true });
    expect(rows).toBeGreaterThan(cases * 5);
  });

  it(`agrees with it as a file in ${Math.ceil(cases / 5)} cases`, { timeout: 3_600_000 }, async () => {
    const property = fc.asyncProperty(questions, async (question) => {
      const expected = cellsFor(question).map((cell) => fileRow(rowOf(cell, question.groupBy)));
      expect(await fileOf(question), JSON.stringify(argumentsOf(question))).toEqual(expected);
    });
    await fc.assert(property, { numRuns: Math.ceil(cases / 5), seed, endOnFailure: true });
  });

  it('breaks its rows down into the sessions of the reference, page by page', { timeout: 3_600_000 }, async () => {
    let pages = 0;
    const property = fc.asyncProperty(
      questions,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      async (question, first, nth) => {
        const cells = cellsFor(question);
        if (cells.length === 0 || cells.length > 1_000) return;
        const index = nth % cells.length;
        const { from, to, sessions } = cells[index]!;
        const found: unknown[] = [];
        for (let after: string | null = null, more = true; more; pages++) {
          const page = await breakdownPage(question, { first, after, index });
          expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
          found.push(...page.edges.map(({ seconds, node }) => [node.id, seconds]));
          [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
        }
        const oldestFirst = [...sessions].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
        expect(found).toEqual(oldestFirst.map((session) => [session.id, partOf(session, from, to) / 1_000]));
      },
    );
    await fc.assert(property, { numRuns: Math.ceil(cases / 20), seed, endOnFailure: true });
    expect(pages).toBeGreaterThan(cases / 20);
  });
});

const columns = 'from,to,group,seconds,minutesCeilSession,sessions,identities,peakConcurrency,bytes,others';

function fileRow({ group, ceilSession, ...row }: ReferenceRow): object {
  const kept = columns.split(',').flatMap((name) => (name in row ? [[name, row[name]]] : []));
  const values = group.map(({ dimension, value }) => [dimension, value]);
  return Object.fromEntries([...kept, ...values, ['minutesCeilSession', ceilSession]]) as object;
}

async function fileOf(question: Question): Promise<unknown[]> {
  const parameters = Object.entries(argumentsOf(question) as object).flatMap(([name, value]) => {
    if (value === null) return [];
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  const asked = new URLSearchParams({ ...(Object.fromEntries(parameters) as object), fields: columns });
  const text = await (await fetch(`${service.url}/export/usage.jsonl?${asked}`, { headers })).text();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

const few = ['PROJECT', 'PARTICIPANT_KIND', 'TRACK_TYPE', 'TRACK_SOURCE', 'EGRESS_TYPE', 'EGRESS_SOURCE_TYPE'];
const fewInFilters = ['project', 'participantKind', 'excludeParticipantKind', 'trackType', 'trackSource', 'egressType'];

/** The question without what only the sessions themselves can answer. */
function ofFewValues(question: Question): Question {
  const filter = Object.entries(question.filter).filter(([name]) => fewInFilters.includes(name));
  const groupBy = question.groupBy.filter(({ field }) => few.includes(field ?? '') || field === 'INGRESS_INPUT_TYPE');
  return { ...question, groupBy, filter: Object.fromEntries(filter) };
}

interface BreakdownPage {
  readonly edges: readonly { seconds: number; node: { id: string } }[];
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}

async function breakdownPage(
  question: Question,
  { index, ...page }: { first: number; after: string | null; index: number },
): Promise<BreakdownPage> {
  const query = `query (${parameters(0)} $first: Int $after: String) {
    u: usage(${names.map((name) => `${name}: $${name}0`).join(' ')}) {
      breakdown(first: $first, after: $after) { edges { seconds node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } }
    }
  }`;
  const variables = Object.entries(argumentsOf(question)).map(([name, value]) => [`${name}0`, value]);
  const { data, errors } = await service.query<{ u: { breakdown: BreakdownPage }[] }>(query, {
    ...Object.fromEntries(variables),
    ...page,
  });
  expect(errors).toBeUndefined();
  return data.u[index]!.breakdown;
}
