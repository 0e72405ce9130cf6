/** What a question selects of the rows of a list. */
export interface ListSelection {
  readonly fields: ReadonlySet<string>;
  readonly cursors: boolean;
  /** By pointer, the fields selected of its row. */
  readonly pointed: ReadonlyMap<string, ReadonlySet<string>>;
}
