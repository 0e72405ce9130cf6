import type { FastifyReply } from 'fastify';
import { type GraphQLField, isRequiredArgument } from 'graphql';
import { nothingSpent } from '../graphql/cost/cost-walk.js';
import { formatResult } from '../graphql/errors.js';
import { badInput } from '../http/refusal.js';
import type { Settings } from '../settings/settings.js';
import { questionOf, type UsageArguments } from '../usage/question.js';
import { refusalFrom } from './error-to-refusal.js';
import type { ExportRows } from './format.js';
import { argumentOf, fieldsOf, type Parameters, parametersOf, variableOf } from './parameters.js';
import type { Reading } from '../read/reading.js';
import { Allowance } from '../usage/allowance.js';
import type { ExportTable } from './export-table.js';

interface UsageRow {
  readonly group: readonly { readonly value: string | null }[];
  readonly [field: string]: unknown;
}

/** By column; `group` becomes a column for each dimension. */
const selections: Readonly<Record<string, string>> = {
  from: 'from',
  to: 'to',
  group: 'group { value }',
  seconds: 'seconds',
  uncertainSeconds: 'uncertainSeconds',
  minutes: 'minutes',
  minutesCeilSession: 'minutes(rounding: CEIL_SESSION)',
  minutesCeilTotal: 'minutes(rounding: CEIL_TOTAL)',
  certainMinutes: 'certainMinutes',
  certainMinutesCeilSession: 'certainMinutes(rounding: CEIL_SESSION)',
  certainMinutesCeilTotal: 'certainMinutes(rounding: CEIL_TOTAL)',
  sessions: 'sessions',
  identities: 'identities',
  peakConcurrency: 'peakConcurrency',
  averageConcurrency: 'averageConcurrency',
  openSessions: 'openSessions',
  final: 'final',
};

/** Runs the GraphQL query. @throws Refusal BAD_USER_INPUT or TOO_MANY_ROWS */
export function usageOf(
  query: object,
  { reply, reading, settings }: { reply: FastifyReply; reading: Reading; settings: Settings },
): ExportTable {
  const usage = reply.server.graphql.schema.getQueryType()!.getFields()['usage']!;
  const parameters = parametersOf(query, [...usage.args.map(({ name }) => name), 'fields']);
  const fields = fieldsOf(parameters['fields'], Object.keys(selections));
  const { dimensions } = questionOf(
    argumentsOf(usage, parameters),
    new Allowance(settings.usageMaxRows, (why) => reading.stop(why)),
  );
  async function* pages(): AsyncGenerator<ExportRows> {
    const context = { expiresAt: 0, reading, settings, spent: nothingSpent() };
    const variables = variablesOf(usage, parameters);
    const result = await reply.server.graphql.answer({ query: documentOf(usage, fields), variables }, context);
    const { data, errors } = formatResult(result);
    if (errors !== undefined) throw refusalFrom(errors[0]!);
    yield (data!['usage'] as UsageRow[]).map((row) => fields.flatMap((field) => valuesOf(row, field)));
  }
  const names = dimensions.map(({ name }) => name);
  return { columns: fields.flatMap((field) => (field === 'group' ? names : [field])), pages: pages() };
}

type Field = GraphQLField<unknown, unknown>;

function argumentsOf(usage: Field, parameters: Parameters): UsageArguments {
  const missing = usage.args.find((argument) => isRequiredArgument(argument) && !(argument.name in parameters));
  if (missing !== undefined) throw badInput(`The parameter ${missing.name} is missing.`);
  return byArgument(usage, parameters, (name, text) => argumentOf(usage, name, text)) as unknown as UsageArguments;
}

function variablesOf(usage: Field, parameters: Parameters): Record<string, unknown> {
  return byArgument(usage, parameters, (name, text) =>
    variableOf(
      usage.args.find((one) => one.name === name)!,
      text,
    ),
  );
}

function byArgument(
  { args }: Field,
  parameters: Parameters,
  value: (name: string, text: string) => unknown,
): Record<string, unknown> {
  const given = args.flatMap(({ name }) => (name in parameters ? [name] : []));
  return Object.fromEntries(given.map((name) => [name, value(name, parameters[name]!)]));
}

function documentOf({ args }: Field, fields: readonly string[]): string {
  const variables = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selected = fields.map((field) => `${field}: ${selections[field]}`).join(' ');
  return `query (${variables}) { usage(${passed}) { ${selected} } }`;
}

function valuesOf(row: UsageRow, field: string): unknown[] {
  return field === 'group' ? row.group.map(({ value }) => value) : [row[field]];
}
