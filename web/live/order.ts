import type { OpenRoom } from '../generated/operations';
import { sizeOf } from '../parts/sizes';
import { tenantOf } from '../parts/tenant';

/** What the address asks for. */
export function matches(query: URLSearchParams): (room: OpenRoom) => boolean {
  const [text, tenant, recording] = [query.get('q')?.toLowerCase() ?? '', query.get('tenant'), query.get('recording')];
  const { least, most } = sizeOf(query.get('size')) ?? { least: 0, most: null };
  return (room) => {
    if (tenant !== null && tenantOf(room) !== tenant) return false;
    if (recording !== null && room.recording !== (recording === 'yes')) return false;
    if (room.participantCount < least || room.participantCount > (most ?? Infinity)) return false;
    if (text === '') return true;
    const people = room.people.nodes.flatMap(({ name, identity }) => [name, identity]);
    return [room.name, room.sid, tenantOf(room), ...people].some((name) => includes(name, text));
  };
}

const includes = (name: string | null, text: string): boolean => name?.toLowerCase().includes(text) ?? false;

export const busiestFirst = (a: OpenRoom, b: OpenRoom): number =>
  b.participantCount - a.participantCount ||
  Date.parse(a.startedAt) - Date.parse(b.startedAt) ||
  (a.sid < b.sid ? -1 : 1);

/** Those that were there stay where they were; new ones come last. */
export function keepPlaces(sorted: readonly OpenRoom[], order: readonly string[]): OpenRoom[] {
  const places = new Map(order.map((sid, place) => [sid, place]));
  const placeOf = ({ sid }: OpenRoom): number => places.get(sid) ?? Infinity;
  return [...sorted].sort((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
}
