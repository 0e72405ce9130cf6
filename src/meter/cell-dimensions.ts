import { snakeCase } from '../text/snake-case.js';

/** A field of the API that cells are kept by, and the session's column that holds it. */
export interface CellDimension {
  readonly field: string;
  readonly column: string;
  /** Cells hold an empty text where a session has null. */
  readonly nullable?: boolean;
}

/** By meter. At most two, of few values each: cells have a column `type` for the first and `source` for the second. */
export const cellDimensions = {
  ROOM: [],
  PARTICIPANT: [{ field: 'PARTICIPANT_KIND', column: 'kind' }],
  TRACK: [
    { field: 'TRACK_TYPE', column: 'type' },
    { field: 'TRACK_SOURCE', column: 'source' },
  ],
  EGRESS: [
    { field: 'EGRESS_TYPE', column: 'type', nullable: true },
    { field: 'EGRESS_SOURCE_TYPE', column: 'sourceType' },
  ],
  INGRESS: [{ field: 'INGRESS_INPUT_TYPE', column: 'inputType' }],
  AGENT_JOB: [],
} as const satisfies Record<string, readonly CellDimension[]>;

export type MeterName = keyof typeof cellDimensions;

export function meteredAs(meter: MeterName): { meter: MeterName; by: string[] } {
  return { meter, by: cellDimensions[meter].map(({ column }) => column) };
}

/** SQL of a cell's value for each field, under the name of the session's column. */
export function cellValues(meter: MeterName): Record<string, string> {
  const dimensions: readonly CellDimension[] = cellDimensions[meter];
  return Object.fromEntries(dimensions.map((dimension, at) => [dimension.field, cellValue(dimension, at)]));
}

function cellValue({ column, nullable }: CellDimension, at: number): string {
  const value = at === 0 ? 'type' : 'source';
  return `${nullable ? `nullif(${value}, '')` : value} as ${snakeCase(column)}`;
}
