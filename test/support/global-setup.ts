import type { TestProject } from 'vitest/node';
import { startMariadb } from '../../sandbox/database/mariadb.ts';
import { createTemplate } from '../../sandbox/database/template.ts';
import { compileProgram } from '../../sandbox/process/compiled.ts';

declare module 'vitest' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface merges with vitest's own.
  interface ProvidedContext {
    /** The server of this test run, without a database: `mysql://user@host:port/`. */
    databaseServerUrl: string;
    /** Makes a new database of it a migrated one. */
    copyingTemplate: string;
    /** The compiled `src/main.ts` of this test run. */
    mainProgram: string;
  }
}

/** A worker uses 25 at once, the most that was seen. */
const CONNECTIONS = '--max-connections=500';

/** One database server for the whole run, on which each suite makes databases of its own, and one compiled bot. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, main] = await Promise.all([
    startMariadb({ flags: [CONNECTIONS] }),
    compileProgram('src/main.ts'),
  ]);
  const template = await createTemplate(server);
  project.provide('databaseServerUrl', server.url(''));
  project.provide('copyingTemplate', template.copying);
  project.provide('mainProgram', main.path);
  return async () => {
    await template.remove();
    await Promise.all([server.stop(), main.remove()]);
  };
}
