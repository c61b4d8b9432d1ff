import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// More than there are cores: tests wait often, for processes that start and for moments that must pass. At most as many as the
// database server has connections for: a given one has 151 by default.
const most = process.env['TEST_DATABASE_URL'] === undefined ? 9 : 5;
const workers = Math.min(2 * availableParallelism() + 1, most);

// Twice the usual room for new objects, in MB: a tenth of the time went to collecting them.
const execArgv = ['--max-semi-space-size=32'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/plain-summary.ts'],
    maxWorkers: workers,
    projects: [
      {
        // Nothing but the code: no server, no process. The files share what they import.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          execArgv,
          setupFiles: ['test/support/shrink-in-time.ts'],
          testTimeout: 5_000,
        },
      },
      {
        // Real parts: a database server of the run's own, depot servers, Slack, the bot as a process. To load the code anew
        // for each file would take a third of the time.
        test: {
          name: 'integration',
          isolate: false,
          execArgv,
          setupFiles: ['test/support/shrink-in-time.ts'],
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
