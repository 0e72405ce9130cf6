import {
  coerceInputValue,
  getNamedType,
  type GraphQLArgument,
  type GraphQLError,
  type GraphQLField,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { badInput } from '../http/refusal.js';

export type Parameters = Readonly<Record<string, string>>;

/** @throws Refusal BAD_USER_INPUT for a parameter that is not in `known`, or given twice */
export function parametersOf(query: object, known: readonly string[]): Parameters {
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw badInput(`There is no parameter ${name}: there are ${known.join(', ')}.`);
    if (typeof value !== 'string') throw badInput(`The parameter ${name} is given more than once.`);
  }
  return query as Parameters;
}

/** Inputs and lists are JSON; anything else is text. */
export function variableOf({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>, text: string): unknown {
  if (!isListType(type) && !isInputObjectType(getNamedType(type))) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(`The parameter ${name} is not JSON.`);
  }
}

/** @throws Refusal BAD_USER_INPUT */
export function argumentOf(field: GraphQLField<unknown, unknown>, name: string, text: string): unknown {
  const argument = field.args.find((one) => one.name === name)!;
  return coerced(variableOf(argument, text), argument.type, [name]);
}

/** Without suggestions: they would tell of the schema. @throws Refusal BAD_USER_INPUT */
export function coerced(given: unknown, type: GraphQLInputType, at: readonly string[]): unknown {
  const refuse = (path: readonly (string | number)[], _value: unknown, { message }: GraphQLError): never => {
    throw badInput(`The parameter ${[...at, ...path].join('.')} is wrong: ${message}`);
  };
  return coerceInputValue(given, type, refuse, true);
}

/** All of `known` by default. @throws Refusal BAD_USER_INPUT */
export function fieldsOf(asked: string | undefined, known: readonly string[]): string[] {
  if (asked === undefined) return [...known];
  const fields = [...new Set(asked.split(','))];
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw badInput(`There is no field "${unknown}": there are ${known.join(', ')}.`);
  return fields;
}
