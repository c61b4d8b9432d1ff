import type { TestProject } from 'vitest/node';
import { startMariadb } from '../../sandbox/database/mariadb.ts';

declare module 'vitest' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface merges with vitest's own.
  interface ProvidedContext {
    /** The server of this test run, without a database: `mysql://user@host:port/`. */
    databaseServerUrl: string;
  }
}

/** One database server for the whole run; each suite makes databases of its own on it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startMariadb();
  project.provide('databaseServerUrl', server.url(''));
  return () => server.stop();
}
