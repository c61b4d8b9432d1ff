/** The statements of the bot at which something may go wrong, by what they do. The first that matches names it. */
const STATEMENTS: readonly (readonly [name: string, sql: RegExp])[] = [
  ['request', /^INSERT INTO sync_runs /],
  ['stage a page', /^INSERT INTO sync_staged_users /],
  ['clear the staging', /^DELETE FROM sync_staged_users /],
  ['draft', /^(DELETE FROM|INSERT INTO) sync_changes /],
  ['present', /^UPDATE sync_runs .*ready_at = UTC_TIMESTAMP/],
  ['claim', /^UPDATE sync_runs .*confirmed_at = UTC_TIMESTAMP/],
  ['execute', /^SELECT r\.id, .* FROM sync_runs r .*status = 'executing' .*FOR UPDATE$/],
  ['change users', /^UPDATE sync_changes .*JOIN users /],
  ['add users', /^INSERT INTO users /],
  ['fail', /^UPDATE sync_runs .*failure = \?/],
  ['cancel', /^UPDATE sync_runs .*cancelled_by_id = \?/],
  ['take over', /^UPDATE sync_runs .*attempt = \? /],
  ['claim a notice', /^UPDATE sync_outbox .*attempts = o\.attempts \+ 1/],
  ['close a notice', /^UPDATE sync_outbox .*closed_at = (UTC_TIMESTAMP|IF)/],
  ['postpone a notice', /^UPDATE sync_outbox .*last_error = \?/],
  ['queue a notice', /^INSERT INTO sync_outbox /],
  ['audit', /^INSERT INTO `?audit_logs`? /],
  ['remember the message', /^UPDATE `?sync_runs`? SET `?message_ts`? /],
];

/** Transactions whose end is a point of its own; each is named after the first of these statements in it. */
const TRANSACTIONS = [
  'request',
  'draft',
  'present',
  'claim',
  'execute',
  'fail',
  'cancel',
  'take over',
] as const;

/** What a bot asks again and again while it has nothing to do, and how it opens a connection. */
const IDLE = [
  /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK)\b/i,
  /^SET /i,
  /^SELECT (VERSION\(\)|1|@@|UTC_TIMESTAMP\(3\) AS now$)/i,
  /^SELECT o\.id, .* FROM sync_outbox o WHERE o\.closed_at IS NULL/,
  /^SELECT id FROM sync_runs WHERE status = 'ready' AND expires_at <=/,
  /^SELECT r\.id, EXISTS \(SELECT 1 FROM sync_pauses/,
  /^SELECT id, .* FROM sync_batches WHERE lease_until </,
  /^SELECT IS_USED_LOCK\(\?\) <=> CONNECTION_ID\(\) AS held, p\.owner/,
  /^SELECT p\.server, p\.settings FROM sync_processes/,
  /^SELECT id FROM sync_runs WHERE status IN /,
];

/** On one line, so that the patterns can be read. */
export function oneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}

/** The name of a statement; undefined where nothing is planned to go wrong at it. */
export function statementName(sql: string): string | undefined {
  return STATEMENTS.find(([, pattern]) => pattern.test(sql))?.[0];
}

export function isIdle(sql: string): boolean {
  return IDLE.some((pattern) => pattern.test(sql));
}

/** The name of the transaction in which a statement of this name stands first. */
export function transactionName(name: string | undefined): string | undefined {
  return TRANSACTIONS.find((transaction) => transaction === name);
}

export const DATABASE_POINTS: readonly string[] = [
  ...STATEMENTS.map(([name]) => `sql ${name}`),
  ...TRANSACTIONS.map((name) => `commit ${name}`),
];
