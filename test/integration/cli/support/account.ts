import { randomBytes } from 'node:crypto';
import type { FreshDatabase } from '../../../../sandbox/database/database.ts';

export type Account = {
  /** `'name'@'host'`, for GRANT. */
  readonly name: string;
  /** The database's URL with this account in it. */
  readonly url: string;
  drop(): Promise<void>;
};

/** A new account without any privilege. */
export async function createAccount({ connection, url }: FreshDatabase): Promise<Account> {
  const [user, password] = [`doctor_${randomBytes(4).toString('hex')}`, randomBytes(12).toString('hex')];
  const name = `'${user}'@'%'`;
  await connection.query(`CREATE USER ${name} IDENTIFIED BY '${password}'`);
  const withAccount = new URL(url);
  withAccount.username = user;
  withAccount.password = password;
  withAccount.searchParams.set('allowPublicKeyRetrieval', 'true');
  return {
    name,
    url: withAccount.href,
    drop: async () => {
      await connection.query(`DROP USER ${name}`);
    },
  };
}
