export interface ListSelection {
  readonly fields: ReadonlySet<string>;
  readonly cursors: boolean;
  /** The selected fields of each pointer. */
  readonly pointed: ReadonlyMap<string, ReadonlySet<string>>;
}
