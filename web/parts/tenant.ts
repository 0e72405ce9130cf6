/** What rooms of one customer have in common, where their metadata says so. */
export function tenantOf({ metadataJson }: { readonly metadataJson: unknown }): string | null {
  const { tenant } = (metadataJson ?? {}) as { tenant?: unknown };
  if (typeof tenant === 'string' || typeof tenant === 'number') return String(tenant);
  const { id } = (tenant ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
