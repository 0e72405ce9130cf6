import type { GraphQLResolveInfo } from 'graphql';
import { type Page, pageOf } from '../read/list.js';
import { byId } from '../read/lookup.js';
import type { NestedList, Noun } from '../read/noun.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Reading, Row } from '../read/reading.js';
import { selectedFields, selectionOfList } from './selection.js';

interface Asked {
  readonly reading: Reading;
  readonly info: GraphQLResolveInfo;
}

export function listOf(noun: Noun, args: ListArguments, asked: Asked): Page {
  const list = `Query.${asked.info.fieldName}`;
  return listIn({ noun, list, keys: [], on: () => 'true' }, {}, { ...asked, args });
}

export function listIn(list: NestedList, parent: Row, { reading, info, args }: Asked & { args: ListArguments }): Page {
  const selection = () => selectionOfList(info, list.noun.pointers);
  return pageOf(list, parent, { reading, args, place: info.fieldNodes, selection });
}

export function oneOf(noun: Noun, id: string, { reading, info }: Asked): Promise<Row | null> {
  return byId(noun, id, { reading, fields: selectedFields(info) });
}
