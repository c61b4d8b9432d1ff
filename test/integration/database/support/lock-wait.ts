import { until } from '../../../../sandbox/process/until.ts';
import type { Testbed } from './testbed.ts';

/** Until some transaction on the server waits for a lock. */
export async function someoneWaits({ sql }: Testbed): Promise<void> {
  const waiting = async () => {
    // InnoDB renews this table only where nobody looked for a tenth of a second.
    await sql('DO SLEEP(0.12)');
    return sql("SELECT trx_id FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'");
  };
  await until(async () => (await waiting()).length > 0, {
    failure: () => 'no transaction waits for a lock',
  });
}
