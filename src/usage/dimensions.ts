import { badInput } from '../http/refusal.js';
import { boundedText } from '../read/filters.js';
import type { StatementBuilder } from '../read/statement.js';
import type { Joins, Meter } from './meters.js';

export interface DimensionInput {
  readonly field?: string | null;
  readonly roomMetadata?: string | null;
  readonly attribute?: string | null;
  readonly roomNamePrefix?: string | null;
}

export interface Dimension {
  /** The API's name, such as `roomMetadata:tenant.id`. */
  readonly name: string;
  readonly sql: (statement: StatementBuilder, joins: Joins) => string;
}

const MAX_DIMENSIONS = 5;

/** @throws Refusal BAD_USER_INPUT for what `meter` lacks */
export function dimensionsOf(meterName: string, meter: Meter, groupBy: readonly DimensionInput[]): Dimension[] {
  if (groupBy.length > MAX_DIMENSIONS) {
    throw badInput(`${groupBy.length} dimensions are more than ${MAX_DIMENSIONS}.`);
  }
  return groupBy.map((input) => {
    // @oneOf: GraphQL has refused all else.
    const [kind, text] = Object.entries(input)[0] as [Kind, string];
    const name = kind === 'field' ? text : `${kind}:${text}`;
    const sql = dimensionSql(meter, input);
    if (sql === undefined) throw badInput(`The meter ${meterName} has no dimension ${name}.`);
    return { name, sql };
  });
}

export function dimensionSql(meter: Meter, input: DimensionInput): Sql | undefined {
  const [kind, text] = Object.entries(input)[0] as [Kind, string];
  return kinds[kind](meter, boundedText(kind, text));
}

type Kind = keyof DimensionInput;
type Sql = Dimension['sql'];

const kinds: Record<Kind, (meter: Meter, text: string) => Sql | undefined> = {
  field: ({ fields }, name) => {
    const column = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return column && ((_statement, joins) => column(joins));
  },
  roomMetadata: ({ roomMetadata }, path) =>
    roomMetadata &&
    ((statement, joins) => {
      const value = `${roomMetadata(joins)} #> ${statement.bind(path.split('.'))}::text[]`;
      return `case when jsonb_typeof(${value}) in ('string', 'number', 'boolean') then (${value}) #>> '{}' end`;
    }),
  attribute: ({ profile }, name) =>
    profile && ((statement, joins) => `${profile('attributes')(joins)} ->> ${statement.bind(name)}`),
  roomNamePrefix: (meter, text) => {
    if (text === '') throw badInput('A roomNamePrefix is a text that is not empty.');
    return (statement, joins) => {
      const name = meter.fields['ROOM_NAME']!(joins);
      return `case when strpos(${name}, ${bound(statement, text)}) > 0 then split_part(${name}, ${bound(statement, text)}, 1) end`;
    };
  },
};

function bound(statement: StatementBuilder, text: string): string {
  return `${statement.bind(text)}::text`;
}
