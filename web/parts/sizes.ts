/** Of open rooms, by the people in them now. */
export const sizes = [
  ['', 'any'],
  ['1', '1'],
  ['2-9', '2 to 9'],
  ['10-49', '10 to 49'],
  ['50-', '50 or more'],
] as const;

export function sizeOf(text: string | null): { readonly least: number; readonly most: number | null } | null {
  const [, least, dash, most] = /^(\d+)(-?)(\d*)$/.exec(text ?? '') ?? [];
  if (least === undefined) return null;
  const upper = dash === '' ? least : most;
  return { least: Number(least), most: upper === '' ? null : Number(upper) };
}
