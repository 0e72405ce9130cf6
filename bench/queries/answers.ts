/** An answer without what peers word differently: lists inside `nodes`, the notation of times, the order of fields. */
export function plain(answer: unknown): string {
  return JSON.stringify(answer, (_key, value: unknown) => {
    if (typeof value === 'string') return time.test(value) ? new Date(value).toISOString() : value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { nodes, ...rest } = value as Record<string, unknown>;
    if (nodes !== undefined && Object.keys(rest).length === 0) return nodes;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
