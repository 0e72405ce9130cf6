import { readFileSync } from 'node:fs';

/** The committed schema, which is the served one. The path holds from src and from dist, so nothing is copied. */
export const sdl = readFileSync(new URL('../../src/graphql/schema.graphql', import.meta.url), 'utf8');
