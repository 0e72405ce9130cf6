import { readFileSync } from 'node:fs';

/** The committed schema, which is the served one. The build copies it beside this file. */
export const sdl = readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8');
