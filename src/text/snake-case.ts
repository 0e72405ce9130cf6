const known = new Map<string, string>();

/** `roomSid` as `room_sid`: how columns, and LiveKit's API, spell a field. Caches each name: only pass names from code. */
export function snakeCase(name: string): string {
  let spelled = known.get(name);
  if (spelled === undefined) {
    spelled = name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
    known.set(name, spelled);
  }
  return spelled;
}
