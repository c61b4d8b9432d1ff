import type { Connection } from 'mariadb';
import type { LocationUrls } from './seed-locations.ts';

export type LaravelShape = {
  /** The type of users.id. */
  readonly id?: string;
  /** The unique indexes of `users`, as written in CREATE TABLE. */
  readonly unique?: string;
  /** More columns of `users`, each followed by a comma. */
  readonly columns?: string;
  readonly engine?: string;
  /** Character set and collation of users.email. */
  readonly email?: string;
  /** The `online_url` of Dev, Test and Prod: one for all three, or one each. */
  readonly onlineUrl?: string | LocationUrls;
};

/** The unique index of old databases. */
export const UNIQUE_EMAIL = 'UNIQUE KEY `users_email_unique` (`email`)';

/**
 * A small `mysqldump laravel` of an application that the bot has never met. MyISAM allows no key on 255 characters of utf8mb4:
 * its limit is 1,000 bytes.
 */
function laravelDump({
  id = 'bigint unsigned NOT NULL AUTO_INCREMENT',
  unique = UNIQUE_EMAIL,
  columns = '',
  engine = 'InnoDB',
  email = '',
  onlineUrl = 'https://dev.mydeposys.com',
}: LaravelShape): readonly string[] {
  const same = { dev: onlineUrl, test: onlineUrl, prod: onlineUrl };
  const urls = typeof onlineUrl === 'string' ? same : onlineUrl;
  return [
    'SET FOREIGN_KEY_CHECKS = 0',
    `CREATE TABLE \`locations\` (
      \`id\` bigint unsigned NOT NULL AUTO_INCREMENT,
      \`location_code\` varchar(10) NOT NULL,
      \`location_name\` varchar(100) NOT NULL,
      \`online_url\` varchar(255) NOT NULL,
      \`created_at\` timestamp NULL DEFAULT NULL,
      \`updated_at\` timestamp NULL DEFAULT NULL,
      PRIMARY KEY (\`id\`),
      UNIQUE KEY \`locations_location_code_unique\` (\`location_code\`)
    ) ENGINE=InnoDB AUTO_INCREMENT=9 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    `INSERT INTO \`locations\` (id, location_code, location_name, online_url) VALUES
      (1,'prod','Prod','${urls.prod}'),(7,'test','Test','${urls.test}'),(8,'dev','Dev','${urls.dev}')`,
    'CREATE TABLE `migrations` (`id` int unsigned NOT NULL AUTO_INCREMENT, `migration` varchar(255) NOT NULL, `batch` int NOT NULL, PRIMARY KEY (`id`))',
    "INSERT INTO `migrations` VALUES (1,'2014_10_12_000000_create_users_table',1)",
    `CREATE TABLE \`users\` (
      \`id\` ${id},
      ${columns}
      \`email\` varchar(${engine === 'MyISAM' ? 200 : 255}) ${email} NOT NULL,
      \`location_id\` bigint unsigned NOT NULL,
      \`status\` enum('active','inactive') NOT NULL DEFAULT 'active',
      \`created_at\` timestamp NULL DEFAULT NULL,
      \`updated_at\` timestamp NULL DEFAULT NULL,
      PRIMARY KEY (\`id\`),
      ${unique === '' ? '' : `${unique},`}
      KEY \`users_location_id_foreign\` (\`location_id\`),
      CONSTRAINT \`users_location_id_foreign\` FOREIGN KEY (\`location_id\`) REFERENCES \`locations\` (\`id\`)
    ) ENGINE=${engine} AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    `INSERT INTO \`users\` (id, email, location_id, status, created_at, updated_at) VALUES
      (1,'vendor1@dkm',8,'active','2023-05-13 05:10:19','2023-09-24 16:58:44'),
      (2,'Ayu@example.com',7,'inactive','2023-05-13 05:10:19',NULL),(3,'budi@example.com',1,'active',NULL,NULL)`,
    'SET FOREIGN_KEY_CHECKS = 1',
  ];
}

/** Loads the dump into an empty database, with an empty sql_mode, as Laravel dumps need. */
export async function loadLaravel(connection: Connection, shape: LaravelShape = {}): Promise<void> {
  await connection.query("SET SESSION sql_mode = ''");
  for (const statement of laravelDump(shape)) await connection.query(statement);
}
