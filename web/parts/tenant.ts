import { signal } from '@preact/signals';

interface Described {
  readonly metadataJson: unknown;
}

/** Where the rooms of this project name their tenant. */
export const tenantPath = signal<'tenant' | 'tenant.id'>('tenant');

export function learnTenantPath(rooms: readonly Described[]): void {
  const named = rooms.map(({ metadataJson }) => metadataOf(metadataJson).tenant).filter((one) => one != null);
  if (named.length > 0) tenantPath.value = named.some((one) => typeof one === 'object') ? 'tenant.id' : 'tenant';
}

/** What rooms of one customer have in common, where their metadata says so. */
export function tenantOf({ metadataJson }: Described): string | null {
  const { tenant } = metadataOf(metadataJson);
  if (typeof tenant === 'string' || typeof tenant === 'number') return String(tenant);
  const { id } = (tenant ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}

const metadataOf = (json: unknown): { readonly tenant?: unknown } => (json ?? {}) as { tenant?: unknown };
