import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { agentJob } from '../read/nouns/agent-job.js';
import { egress } from '../read/nouns/egress.js';
import { ingressSession } from '../read/nouns/ingress-session.js';
import { participant } from '../read/nouns/participant.js';
import { badInput } from '../http/refusal.js';
import type { Noun } from '../read/noun.js';
import { room } from '../read/nouns/room.js';
import { roomCounts } from '../read/room-counts.js';
import { track } from '../read/nouns/track.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import { pagesOf, type ListFilter } from './list-pages.js';
import { joinedColumns } from './joined-columns.js';
import { argumentOf, coerced, fieldsOf, type Parameters, parametersOf } from './parameters.js';
import type { ExportTable } from './export-table.js';

export const sessionLists: ReadonlyMap<string, Noun> = new Map([
  ['rooms', room],
  ['participants', participant],
  ['tracks', track],
  ['egresses', egress],
  ['ingressSessions', ingressSession],
  ['agentJobs', agentJob],
]);

export const lists: ReadonlyMap<string, Noun> = new Map([...sessionLists, ['webhookEvents', webhookEvent]]);

/** @throws Refusal BAD_USER_INPUT */
export function listOf(name: string, query: object, schema: GraphQLSchema): ExportTable {
  const noun = lists.get(name)!;
  const range = noun.ends === undefined ? [] : ['from', 'to'];
  const parameters = parametersOf(query, [...range, 'filter', 'fields']);
  const joined = joinedColumns(noun, parameters['fields']);
  const columns = fieldsOf(parameters['fields'], [...columnsOf(noun, schema), ...joined.keys()]);
  const filter = filterOf(parameters, schema.getQueryType()!.getFields()[name]!);
  return { columns, pages: (reading) => pagesOf({ noun, columns, joined, filter }, reading) };
}

function filterOf({ filter, from, to }: Parameters, list: GraphQLField<unknown, unknown>): ListFilter {
  const read = (text: string): ListFilter => (argumentOf(list, 'filter', text) as ListFilter | null) ?? {};
  const given = filter === undefined ? {} : read(filter);
  if (from === undefined && to === undefined) return given;
  if (from === undefined || to === undefined) throw badInput('A range has both a from and a to.');
  if (given.activeDuring != null) throw badInput("The range is the filter's activeDuring: give one of them.");
  const activeDuring = coerced({ from, to }, rangeOf(list), []) as ListFilter['activeDuring'];
  return { ...given, activeDuring };
}

function rangeOf({ args }: GraphQLField<unknown, unknown>): GraphQLInputType {
  const filter = getNamedType(args.find(({ name }) => name === 'filter')!.type) as GraphQLInputObjectType;
  return filter.getFields()['activeDuring']!.type;
}

function columnsOf(noun: Noun, schema: GraphQLSchema): string[] {
  const fields = Object.keys((schema.getType(noun.type) as GraphQLObjectType).getFields());
  return fields.filter((field) => field in noun.columns || (noun === room && field in roomCounts));
}
