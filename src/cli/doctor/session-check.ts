import type { Inspection } from '../../database/schema/inspect.ts';
import { sessionDeviations } from '../../database/session.ts';
import { fail, pass, type Verdict } from './finding.ts';

/** The server lets the bot's sessions be as its statements need them, whatever its own settings say. */
export async function session({ ask }: Inspection): Promise<Verdict> {
  const deviations = await sessionDeviations(ask);
  if (deviations.length === 0) return pass("as the bot sets it, whatever the server's own settings say");
  const detail = deviations.map(({ variable, value }) => `${variable} is ${value || 'empty'}`).join(', ');
  const others = deviations.filter(({ variable }) => variable !== 'binlog_format');
  const todo = [
    ...(others.length < deviations.length ? [LOG_ROWS] : []),
    ...(others.length > 0 ? [KEEP_OURS] : []),
  ];
  return fail(detail, todo.join(' '));
}

const LOG_ROWS =
  "Run as an administrator: SET GLOBAL binlog_format = 'ROW' (MIXED will do), and set it in the server's configuration; " +
  'or let the account choose it for itself: on MariaDB GRANT BINLOG ADMIN, on MySQL 8 GRANT SESSION_VARIABLES_ADMIN ON *.*.';
const KEEP_OURS =
  'Take initSql out of DATABASE_URL, and see that no proxy between the bot and the server shares or resets sessions.';
