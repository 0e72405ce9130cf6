import { type DocumentNode, Lexer, parse, Source, TokenKind } from 'graphql';
import { Refusal } from '../../http/refusal.js';

/** 2,000 fields, as many as a query may select, take less. */
const MAX_TEXT_BYTES = 32 * 1024;
const MAX_TOKENS = 10_000;
/** More than `QUERY_MAX_DEPTH` can be. The parser, and all that walks its trees, calls itself for each level. */
export const MAX_NESTING = 128;

/** @throws Refusal 413 QUERY_TOO_LARGE */
export function requireShort(text: string): void {
  if (text.length <= MAX_TEXT_BYTES && Buffer.byteLength(text) <= MAX_TEXT_BYTES) return;
  const sentence = `The text of a query has at most ${MAX_TEXT_BYTES} bytes: put values in variables, and ask in parts.`;
  throw new Refusal(413, 'QUERY_TOO_LARGE', sentence);
}

/** @throws Refusal DEPTH_LIMIT; GraphQLError for a syntax error */
export function parseBounded(text: string): DocumentNode {
  requireShallow(text);
  return parse(text, { maxTokens: MAX_TOKENS });
}

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function requireShallow(text: string): void {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    if (opening.has(kind)) depth++;
    if (closing.has(kind)) depth--;
    if (depth > MAX_NESTING) throw tooDeep('brackets');
  }
}

export function tooDeep(what: string): Refusal {
  return new Refusal(400, 'DEPTH_LIMIT', `The query nests its ${what} more than ${MAX_NESTING} deep.`);
}
