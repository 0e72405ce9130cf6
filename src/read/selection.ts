/** What a question selects of a list's rows, as plain data. */
export interface ListSelection {
  /** Fields of the rows, by their names in the API. */
  readonly fields: ReadonlySet<string>;
  readonly cursors: boolean;
  /** Fields of the rows that each selected pointer leads to. */
  readonly pointed: ReadonlyMap<string, ReadonlySet<string>>;
}
