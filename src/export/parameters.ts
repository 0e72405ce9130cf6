import {
  coerceInputValue,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  isInputObjectType,
  isListType,
} from 'graphql';
import { badInput } from '../http/refusal.js';

export type Parameters = Readonly<Record<string, string>>;

/** The query's parameters, each once. Throws BAD_USER_INPUT for one that is not in `known`. */
export function parametersOf(query: object, known: readonly string[]): Parameters {
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw badInput(`There is no parameter ${name}: there are ${known.join(', ')}.`);
    if (typeof value !== 'string') throw badInput(`The parameter ${name} is given more than once.`);
  }
  return query as Parameters;
}

/** What GraphQL would be given for `argument`: inputs and lists are JSON, everything else is the text itself. */
export function variableOf({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>, text: string): unknown {
  if (!isListType(type) && !isInputObjectType(getNamedType(type))) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(`The parameter ${name} is not JSON.`);
  }
}

/** The value of a field's argument, as GraphQL reads it. Throws BAD_USER_INPUT. */
export function argumentOf(field: GraphQLField<unknown, unknown>, name: string, text: string): unknown {
  const argument = field.args.find((one) => one.name === name)!;
  return coerceInputValue(variableOf(argument, text), argument.type, (path, _value, { message }) => {
    throw badInput(`The parameter ${[name, ...path].join('.')} is wrong: ${message}`);
  });
}

/** The columns that are asked for, all of `known` where none are. Throws BAD_USER_INPUT. */
export function fieldsOf(asked: string | undefined, known: readonly string[]): string[] {
  if (asked === undefined) return [...known];
  const fields = [...new Set(asked.split(','))];
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw badInput(`There is no field "${unknown}": there are ${known.join(', ')}.`);
  return fields;
}
