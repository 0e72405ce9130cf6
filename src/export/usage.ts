import { type GraphQLField, type GraphQLSchema, isRequiredArgument } from 'graphql';
import { badInput } from '../http/refusal.js';
import type { Settings } from '../settings/settings.js';
import { usagePages } from '../usage/pages.js';
import { openQuestionOf, type UsageArguments } from '../usage/question.js';
import { certainMinutesValue, minutesValue, type RowValue, rowValues, wantedBy } from '../usage/row-values.js';
import type { ExportTable } from './export-table.js';
import { argumentOf, fieldsOf, type Parameters, parametersOf } from './parameters.js';

const { from, to, seconds, uncertainSeconds, ...others } = rowValues;

/** By column; `group` becomes a column for each dimension. */
const values: Readonly<Record<string, RowValue>> = {
  from,
  to,
  group: { measures: [], of: ({ group }) => group },
  seconds,
  uncertainSeconds,
  minutes: minutesValue('NONE'),
  minutesCeilSession: minutesValue('CEIL_SESSION'),
  minutesCeilTotal: minutesValue('CEIL_TOTAL'),
  certainMinutes: certainMinutesValue('NONE'),
  certainMinutesCeilSession: certainMinutesValue('CEIL_SESSION'),
  certainMinutesCeilTotal: certainMinutesValue('CEIL_TOTAL'),
  ...others,
};

/** Rows that are written without giving others a turn. */
const SLICE = 1_000;

/** @throws Refusal BAD_USER_INPUT */
export function usageOf(
  query: object,
  { schema, settings }: { schema: GraphQLSchema; settings: Settings },
): ExportTable {
  const usage = schema.getQueryType()!.getFields()['usage']!;
  const parameters = parametersOf(query, [...usage.args.map(({ name }) => name), 'fields']);
  const fields = fieldsOf(parameters['fields'], Object.keys(values));
  const question = openQuestionOf(argumentsOf(usage, parameters));
  const { dimensions, meter } = question.matter;
  const shown = fields.map((field) => values[field]!);
  return {
    columns: fields.flatMap((field) => (field === 'group' ? dimensions.map(({ name }) => name) : [field])),
    async *pages(reading) {
      const at = { finalBefore: Date.parse(reading.now) - settings.usageGraceMs };
      for await (const page of usagePages(reading, question, wantedBy(shown, meter)))
        for (let from = 0; from < page.length; from += SLICE)
          yield page.slice(from, from + SLICE).map((row) => shown.flatMap(({ of }) => of(row, at)));
    },
  };
}

function argumentsOf(usage: GraphQLField<unknown, unknown>, parameters: Parameters): UsageArguments {
  const missing = usage.args.find((argument) => isRequiredArgument(argument) && !(argument.name in parameters));
  if (missing !== undefined) throw badInput(`The parameter ${missing.name} is missing.`);
  const given = usage.args.flatMap(({ name }) =>
    name in parameters ? [[name, argumentOf(usage, name, parameters[name]!)] as const] : [],
  );
  return Object.fromEntries(given) as unknown as UsageArguments;
}
