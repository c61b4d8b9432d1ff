/** What is tried: those of the tests that speak to the database, in a choice that takes a minute or two for each server. */
export const FILES = [
  'test/integration/cli/doctor-privileges.test.ts',
  'test/integration/database/apply.test.ts',
  'test/integration/database/audit-triggers.test.ts',
  'test/integration/database/claim.test.ts',
  'test/integration/database/draft.test.ts',
  'test/integration/database/invert.test.ts',
  'test/integration/database/left-alone.test.ts',
  'test/integration/database/migrate.test.ts',
  'test/integration/database/migrate-rights.test.ts',
  'test/integration/database/outbox.test.ts',
  'test/integration/database/privileges.test.ts',
  'test/integration/database/refused.test.ts',
  'test/integration/database/staging.test.ts',
  'test/integration/database/tls.test.ts',
  'test/integration/database/users-schema.test.ts',
  'test/integration/sync/confirm.test.ts',
  'test/integration/sync/preview.test.ts',
  'test/integration/sync/repeats.test.ts',
  'test/integration/e2e/scenarios.test.ts',
] as const;

/** The servers, as `USYNC_TEST_SERVER` calls them. */
export const SERVERS = ['mariadb', 'mysql-9', 'mariadb-11.8'] as const;
