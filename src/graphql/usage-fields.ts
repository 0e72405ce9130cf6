import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { Allowance } from '../usage/allowance.js';
import { answer } from '../usage/run-usage.js';
import { Breakdown, type BreakdownPage } from '../usage/breakdown.js';
import type { Measure } from '../usage/measures.js';
import { type Question, questionOf, type UsageArguments } from '../usage/question.js';
import { quotient } from '../usage/divide-exactly.js';
import { certainMinutes, type MinuteRounding, minutes, type UsageRow } from '../usage/usage-row.js';
import { connection, edge } from './connection.js';
import { type ApiContext, type Ask, limitsOf } from './api-context.js';
import { checkRows } from './cost/limits.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { fieldsBelow, selectionOfList } from './selection.js';

/** One answered question, with a breakdown for each place in the query. */
interface Answered {
  readonly question: Question;
  readonly breakdowns: Map<object, Breakdown>;
}

export type ShownUsage = UsageRow & Answered;

export function allowanceOf({ reading, settings }: ApiContext): Allowance {
  return reading.once(Allowance, () => new Allowance(settings.usageMaxRows, (why) => reading.stop(why)));
}

export async function usage(args: UsageArguments, ask: Ask): Promise<ShownUsage[]> {
  const { reading, settings, spent, info } = ask;
  const allowance = allowanceOf(ask);
  const question = questionOf(args, allowance);
  const selected = fieldsBelow(info.fieldNodes, info.fragments);
  const rows = await answer(reading, question, { wanted: wantedOf(selected), allowance });
  if (selected.has('group')) reading.charge(rows.length * namesLength(question));
  checkRows(info, rows.length, { limits: limitsOf(settings), spent });
  const answered: Answered = { question, breakdowns: new Map() };
  return rows.map((row) => ({ ...row, ...answered }));
}

function namesLength({ dimensions }: Question): number {
  return dimensions.reduce((length, { name }) => length + name.length, 0);
}

export const usageTypes = {
  UsageRow: {
    from: ({ from }: ShownUsage) => new Date(from).toISOString(),
    to: ({ to }: ShownUsage) => new Date(to).toISOString(),
    group: ({ group, question }: ShownUsage) =>
      question.dimensions.map(({ name }, index) => ({ dimension: name, value: group[index] })),
    seconds: ({ milliseconds }: ShownUsage) => quotient(milliseconds!, 1_000),
    uncertainSeconds: ({ uncertainMilliseconds }: ShownUsage) => quotient(uncertainMilliseconds!, 1_000),
    minutes: (row: ShownUsage, { rounding }: { rounding?: MinuteRounding | null }) => minutes(row, rounding ?? 'NONE'),
    certainMinutes: (row: ShownUsage, { rounding }: { rounding?: MinuteRounding | null }) =>
      certainMinutes(row, rounding ?? 'NONE'),
    identities: ({ identities, question }: ShownUsage) =>
      question.meter.fields['IDENTITY'] === undefined ? null : identities,
    peakConcurrency: ({ peak }: ShownUsage) => peak,
    averageConcurrency: ({ milliseconds, from, to }: ShownUsage) => quotient(milliseconds!, to - from),
    final: ({ to, openSessions }: ShownUsage, _args: unknown, { reading, settings }: ApiContext) =>
      Date.parse(reading.now) - to > settings.usageGraceMs && openSessions === 0,
    breakdown,
  },
  SessionConnection: { nodes: connection.nodes, edges: connection.edges, pageInfo: connection.pageInfo },
  SessionEdge: {
    ...edge,
    seconds: ({ node }: { node: Row }) => quotient(BigInt(node['pieceMilliseconds'] as string), 1_000),
  },
};

function breakdown(
  row: ShownUsage,
  args: ListArguments,
  ...[{ reading }, info]: [ApiContext, GraphQLResolveInfo]
): BreakdownPage {
  const place = info.fieldNodes;
  const found =
    row.breakdowns.get(place) ?? new Breakdown(reading, row.question, { args, fields: selectionOfList(info).fields });
  row.breakdowns.set(place, found);
  return found.of(row);
}

const measured: Readonly<Record<string, readonly Measure[]>> = {
  seconds: ['milliseconds'],
  uncertainSeconds: ['uncertainMilliseconds'],
  sessions: ['sessions'],
  identities: ['identities'],
  peakConcurrency: ['peak'],
  averageConcurrency: ['milliseconds'],
  openSessions: ['openSessions'],
  final: ['openSessions'],
};

function wantedOf(selected: ReadonlyMap<string, readonly FieldNode[]>): Set<Measure> {
  const fields = [...selected.keys()].flatMap((name) => measured[name] ?? []);
  const ofMinutes = (selected.get('minutes') ?? []).flatMap((node) => measuredMinutes(node, 'startedMinutes'));
  const ofCertain = (selected.get('certainMinutes') ?? []).flatMap((node) => measuredMinutes(node, 'certainMinutes'));
  const doubts: Measure[] = ofCertain.includes('milliseconds') ? ['uncertainMilliseconds'] : [];
  return new Set([...fields, ...ofMinutes, ...ofCertain, ...doubts]);
}

function measuredMinutes({ arguments: given = [] }: FieldNode, started: Measure): readonly Measure[] {
  const rounding = given.find(({ name }) => name.value === 'rounding')?.value;
  if (rounding?.kind === 'Variable') return ['milliseconds', started];
  return rounding?.kind === 'EnumValue' && rounding.value === 'CEIL_SESSION' ? [started] : ['milliseconds'];
}
