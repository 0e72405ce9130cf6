import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { Allowance } from '../usage/allowance.js';
import { answer, ranked } from '../usage/run-usage.js';
import { Breakdown, type BreakdownPage } from '../usage/breakdown.js';
import { type Question, questionOf, type UsageArguments } from '../usage/question.js';
import { quotient } from '../usage/divide-exactly.js';
import {
  certainMinutesValue,
  minutesValue,
  type RowValue,
  rowValues,
  type ShownAt,
  wantedBy,
} from '../usage/row-values.js';
import { certainMinutes, type MinuteRounding, minutes, type UsageRow } from '../usage/usage-row.js';
import { connection, edge } from './connection.js';
import { type ApiContext, type Ask, limitsOf } from './api-context.js';
import { checkRows } from './cost/limits.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { fieldsBelow, selectionOfList } from './selection.js';

/** One answered question, with a breakdown for each place in the query. */
interface Answered extends ShownAt {
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
  const asked = questionOf(args, allowance);
  const question = await ranked(reading, asked, { from: asked.edges[0]!, to: asked.edges.at(-1)! });
  const selected = fieldsBelow(info.fieldNodes, info.fragments);
  const rows = await answer(reading, question, { wanted: wantedBy(valuesOf(selected), question.meter), allowance });
  if (selected.has('group')) reading.charge(rows.length * namesLength(question));
  checkRows(info, rows.length, { limits: limitsOf(settings), spent });
  const finalBefore = Date.parse(reading.now) - settings.usageGraceMs;
  const answered: Answered = { question, finalBefore, breakdowns: new Map() };
  return rows.map((row) => ({ ...row, ...answered }));
}

function namesLength({ dimensions }: Question): number {
  return dimensions.reduce((length, { name }) => length + name.length, 0);
}

type Rounded = { readonly rounding?: MinuteRounding | null };

export const usageTypes = {
  UsageRow: {
    ...Object.fromEntries(Object.entries(rowValues).map(([name, { of }]) => [name, (row: ShownUsage) => of(row, row)])),
    group: ({ group, question }: ShownUsage) =>
      question.dimensions.map(({ name }, index) => ({ dimension: name, value: group[index] })),
    minutes: (row: ShownUsage, { rounding }: Rounded) => minutes(row, rounding ?? 'NONE'),
    certainMinutes: (row: ShownUsage, { rounding }: Rounded) => certainMinutes(row, rounding ?? 'NONE'),
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

function valuesOf(selected: ReadonlyMap<string, readonly FieldNode[]>): Pick<RowValue, 'measures'>[] {
  const fields = [...selected.keys()].flatMap((name) => (isValue(name) ? [rowValues[name]] : []));
  const ofMinutes = (selected.get('minutes') ?? []).flatMap((node) => roundingsOf(node).map(minutesValue));
  const ofCertain = (selected.get('certainMinutes') ?? []).flatMap((node) =>
    roundingsOf(node).map(certainMinutesValue),
  );
  return [...fields, ...ofMinutes, ...ofCertain];
}

function isValue(name: string): name is keyof typeof rowValues {
  return Object.hasOwn(rowValues, name);
}

function roundingsOf({ arguments: given = [] }: FieldNode): MinuteRounding[] {
  const rounding = given.find(({ name }) => name.value === 'rounding')?.value;
  if (rounding?.kind === 'Variable') return ['NONE', 'CEIL_SESSION'];
  return [rounding?.kind === 'EnumValue' ? (rounding.value as MinuteRounding) : 'NONE'];
}
