import { partsOf, urlOf } from './database-url.ts';
import { askFor, askForOptionalSecret } from './dialogue.ts';
import type { Step } from './step.ts';

export const DATABASE: Step = {
  title: "The Laravel application's database",
  where: [
    "DB_HOST and the others in the application's .env; better an account of its own (docs/existing-database.md)",
  ],
  ask: async (terminal, known) => {
    const parts = partsOf(known['DATABASE_URL']);
    const url = urlOf({
      ...parts,
      host: await askFor(terminal, 'Host', parts.host),
      port: await askFor(terminal, 'Port', parts.port),
      database: await askFor(terminal, 'Database', parts.database),
      user: await askFor(terminal, 'User', parts.user),
      password: await askForOptionalSecret(terminal, 'Password', parts.password),
    });
    return { DATABASE_URL: url };
  },
  judges: ['database', 'privileges', 'tables '],
  notes: ['columns ', 'unique index ', 'collation '],
};
