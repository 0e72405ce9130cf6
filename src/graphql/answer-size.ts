import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { type Reading, tooLarge } from '../read/reading.js';

/** How often one row can show a value, and the length of all keys for it: all fields, once fragments are spread. */
interface Shown {
  readonly fields: number;
  readonly keys: number;
}

const measured = new WeakMap<DocumentNode, Shown>();

/** @throws Refusal if the request was over a limit; ANSWER_TOO_LARGE before a too large answer becomes text */
export function requireAnswerWithin(
  { data }: { readonly data?: object | null },
  document: DocumentNode,
  reading: Reading,
): void {
  if (reading.refused != null) throw reading.refused;
  if (data == null) return;
  const { bytes } = reading.limits;
  // Walking an answer costs as much as a tenth of making it, so only those that can be too large are walked.
  if (mostBytes(document, reading) > bytes && remaining(data, bytes) < 0) throw tooLarge(bytes);
}

function mostBytes(document: DocumentNode, { read: { bytes, rows, sharing } }: Reading): number {
  const { fields, keys } = measured.get(document) ?? measure(document);
  return sharing * (2 * bytes * fields + (rows + 1) * keys);
}

function measure(document: DocumentNode): Shown {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === 'FragmentDefinition') fragments.set(one.name.value, one);
  const spread = new Map<string, Shown>();
  const ofFragment = (name: string): Shown => {
    const found = spread.get(name) ?? ofSet(fragments.get(name)?.selectionSet);
    spread.set(name, found);
    return found;
  };
  const ofSet = (set: SelectionSetNode | undefined): Shown => {
    let [fields, keys] = [0, 0];
    for (const selection of set?.selections ?? []) {
      if (selection.kind === 'Field') {
        fields++;
        keys += (selection.alias ?? selection.name).value.length + QUOTES;
      }
      const below =
        selection.kind === 'FragmentSpread' ? ofFragment(selection.name.value) : ofSet(selection.selectionSet);
      fields += below.fields;
      keys += below.keys;
    }
    return { fields, keys };
  };
  const all = document.definitions.map((one) =>
    one.kind === 'OperationDefinition' ? ofSet(one.selectionSet) : nothing,
  );
  const shown = all.reduce((a, b) => ({ fields: a.fields + b.fields, keys: a.keys + b.keys }));
  measured.set(document, shown);
  return shown;
}

const nothing: Shown = { fields: 0, keys: 0 };

const QUOTES = 30;

/** Of `left` characters, those that the value leaves; once they are negative, the rest of it is not looked at. */
function remaining(value: unknown, left: number): number {
  if (typeof value === 'string') return left - value.length;
  if (typeof value !== 'object' || value === null) return left;
  let rest = left;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && rest >= 0; at++) rest = remaining(value[at], rest - 1);
    return rest;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    rest = remaining(fields[key], rest - key.length - 4);
    if (rest < 0) break;
  }
  return rest;
}
