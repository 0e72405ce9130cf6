import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { Refusal } from '../../http/refusal.js';
import { MAX_NESTING, tooDeep } from './parse-bounded.js';

const MAX_SELECTIONS = 2_000;

interface Size {
  readonly selections: number;
  readonly depth: number;
}

/**
 * Selections of the largest operation, with each fragment counted wherever it is spread: no later walk of an operation
 * takes more steps. Each fragment is measured once.
 * @throws Refusal COST_LIMIT or DEPTH_LIMIT
 */
export function spreadSize(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === 'FragmentDefinition') fragments.set(one.name.value, one);
  const measure = new Measure(fragments);
  const sizes = document.definitions.map((one) => (one.kind === 'OperationDefinition' ? measure.of(one) : nothing));
  return Math.max(...sizes.map(requireSmall));
}

const nothing: Size = { selections: 0, depth: 0 };

function requireSmall({ selections, depth }: Size): number {
  if (depth > MAX_NESTING) throw tooDeep('fragments');
  if (selections <= MAX_SELECTIONS) return selections;
  const sentence = `The query selects more than ${MAX_SELECTIONS} fields once its fragments are spread: select fewer.`;
  throw new Refusal(400, 'COST_LIMIT', sentence);
}

class Measure {
  private readonly measured = new Map<string, Size>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  of({ selectionSet }: { selectionSet?: SelectionSetNode | undefined }): Size {
    let [selections, depth] = [0, 0];
    for (const selection of selectionSet?.selections ?? []) {
      const inner = selection.kind === 'FragmentSpread' ? this.ofFragment(selection.name.value) : this.of(selection);
      selections += 1 + inner.selections;
      depth = Math.max(depth, inner.depth);
    }
    return { selections, depth: depth + 1 };
  }

  private ofFragment(name: string): Size {
    const known = this.measured.get(name);
    if (known !== undefined) return known;
    // Validation refuses a fragment that spreads itself.
    this.measured.set(name, nothing);
    const size = this.of(this.fragments.get(name) ?? {});
    this.measured.set(name, size);
    return size;
  }
}
