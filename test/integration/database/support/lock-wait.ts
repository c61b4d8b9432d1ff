import type { FreshDatabase } from '../../../../sandbox/database/database.ts';
import { until } from '../../../../sandbox/process/until.ts';

/** Until a transaction in this database waits for a lock, by a statement about `table` if it is named. */
export async function someoneWaits({ sql }: Pick<FreshDatabase, 'sql'>, table = ''): Promise<void> {
  const waiting = async () => {
    // InnoDB renews this table only where nobody looked for a tenth of a second.
    await sql('DO SLEEP(0.12)');
    return sql(
      `SELECT t.trx_id FROM information_schema.INNODB_TRX t
       JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
       WHERE t.trx_state = 'LOCK WAIT' AND p.DB = DATABASE() AND t.trx_query LIKE ?`,
      [`%${table}%`],
    );
  };
  await until(async () => (await waiting()).length > 0, {
    failure: () => `no transaction waits for a lock ${table}`,
  });
}
