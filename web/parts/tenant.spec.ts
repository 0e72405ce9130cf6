import { expect, test } from 'vitest';
import { learnTenantPath, tenantOf, tenantPath } from './tenant';

test.each([
  [{ tenant: 'acme' }, 'acme'],
  [{ tenant: 7 }, '7'],
  [{ tenant: { id: 'acme' } }, 'acme'],
  [{ tenant: { name: 'acme' } }, null],
  [{}, null],
  [null, null],
])('of %j the tenant is %s', (metadataJson, tenant) => {
  expect(tenantOf({ metadataJson })).toBe(tenant);
});

test('the path is learnt from rooms that name a tenant', () => {
  const learnt = (...tenants: unknown[]): string => {
    learnTenantPath(tenants.map((tenant) => ({ metadataJson: tenant === undefined ? null : { tenant } })));
    return tenantPath.value;
  };
  expect(learnt('acme')).toBe('tenant');
  expect(learnt(undefined, { id: 'acme' })).toBe('tenant.id');
  expect(learnt(undefined)).toBe('tenant.id');
  expect(learnt('acme')).toBe('tenant');
});
