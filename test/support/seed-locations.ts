import { connect } from './database-server.ts';

export type LocationUrls = { readonly dev: string; readonly test: string; readonly prod: string };

/** Inserts the scenarios' locations: Dev = 8, Test = 7, Prod = 1 (contract, section 2). */
export async function seedLocations(databaseUrl: string, urls: LocationUrls): Promise<void> {
  const connection = await connect(databaseUrl);
  try {
    await connection.batch(
      'INSERT INTO locations (id, location_code, location_name, online_url, created_at, updated_at) VALUES (?, ?, ?, ?, NOW(), NOW())',
      [
        [8, 'dev', 'Dev', urls.dev],
        [7, 'test', 'Test', urls.test],
        [1, 'prod', 'Prod', urls.prod],
      ],
    );
  } finally {
    await connection.end();
  }
}
