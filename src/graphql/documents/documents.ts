import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import { compile, type Run } from './compile.js';
import { parseBounded, requireShort } from './parse-bounded.js';
import { RequestErrors } from './request-errors.js';
import { spreadSize } from './spread-size.js';
import { requireValid } from './validate.js';

/** Of text. A tree takes about a hundred bytes for each byte of its text, and its code three times that. */
const MAX_KEPT_WEIGHT = 512 * 1024;
const WEIGHT_COMPILED = 4;

/** A valid document, within all limits that do not depend on variables. */
export interface Document {
  readonly text: string;
  readonly tree: DocumentNode;
  readonly selections: number;
  /** Undefined until the second use; null if only graphql-js may run it. */
  run: Run | null | undefined;
  used: boolean;
  /** The sizes of the arguments that were last found within the limit of cost. */
  within: string | undefined;
}

/** Keeps the documents that were used last, and none that was refused. */
export class Documents {
  private readonly kept = new Map<string, Document>();
  private weight = 0;

  constructor(
    readonly schema: GraphQLSchema,
    private readonly introspection: boolean,
  ) {}

  of(text: string): Document {
    requireShort(text);
    const document = this.kept.get(text) ?? this.read(text);
    this.keep(document);
    return document;
  }

  runOf(document: Document): Run | null {
    if (document.run !== undefined) return document.run;
    if (!document.used) {
      document.used = true;
      return null;
    }
    this.forget(document);
    document.run = compile(this.schema, document.tree, document.selections);
    this.keep(document);
    return document.run;
  }

  private read(text: string): Document {
    const tree = parsed(text);
    const selections = spreadSize(tree);
    requireValid(this.schema, tree, this.introspection);
    return { text, tree, selections, run: undefined, used: false, within: undefined };
  }

  private keep(document: Document): void {
    this.forget(document);
    this.kept.set(document.text, document);
    this.weight += weightOf(document);
    for (const oldest of this.kept.values()) {
      if (this.weight <= MAX_KEPT_WEIGHT) return;
      this.forget(oldest);
    }
  }

  private forget(document: Document): void {
    if (this.kept.delete(document.text)) this.weight -= weightOf(document);
  }
}

function weightOf({ text, run }: Document): number {
  return text.length * (run ? WEIGHT_COMPILED : 1);
}

function parsed(text: string): DocumentNode {
  try {
    return parseBounded(text);
  } catch (error) {
    throw error instanceof GraphQLError ? new RequestErrors('GRAPHQL_PARSE_FAILED', [error]) : error;
  }
}
