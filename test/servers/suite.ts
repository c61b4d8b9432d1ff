/** What is tried: those of the tests that speak to the database, in a choice that takes some minutes for each server. */
export const FILES = [
  'test/integration/cli/doctor-privileges.test.ts',
  'test/integration/cli/doctor-users-clock.test.ts',
  'test/integration/database/apply.test.ts',
  'test/integration/database/audit-triggers.test.ts',
  'test/integration/database/claim.test.ts',
  'test/integration/database/client.test.ts',
  'test/integration/database/company-servers.test.ts',
  'test/integration/database/draft.test.ts',
  'test/integration/database/engines.test.ts',
  'test/integration/database/explain.test.ts',
  'test/integration/database/draft-inverse.test.ts',
  'test/integration/database/left-alone.test.ts',
  'test/integration/database/migrate-rights.test.ts',
  'test/integration/database/migrate.test.ts',
  'test/integration/database/natural-order.test.ts',
  'test/integration/database/outbox.test.ts',
  'test/integration/database/privileges.test.ts',
  'test/integration/database/refused.test.ts',
  'test/integration/database/session.test.ts',
  'test/integration/database/spelling.test.ts',
  'test/integration/database/staging.test.ts',
  'test/integration/database/taken-back.test.ts',
  'test/integration/database/tls.test.ts',
  'test/integration/database/unique-index.test.ts',
  'test/integration/database/verify-audit.test.ts',
  'test/integration/docs/existing-database.test.ts',
  'test/integration/e2e/scenarios.test.ts',
  'test/integration/slack/database-read-only.test.ts',
  'test/integration/sync/approvals.test.ts',
  'test/integration/sync/confirm.test.ts',
  'test/integration/sync/preview.test.ts',
  'test/integration/sync/repeats.test.ts',
] as const;

/** What is tried beside them, by npm: each ends with 0 where all is well, and counts as a test. */
export const COMMANDS = [
  ['run', 'demo', '--', '--check'],
  ['run', 'chaos', '--', '--runs', '4', '--seed', '1'],
] as const;

/** The servers, as `USYNC_TEST_SERVER` calls them. */
export const SERVERS = ['mariadb', 'mysql-9', 'mariadb-11.8'] as const;
