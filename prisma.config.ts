import { defineConfig } from 'prisma/config';

// `prisma generate` needs no native engine, yet it downloads one unless told where one is.
// Only for `generate` is any executable good enough; every other command keeps Prisma's own engine.
if (process.argv.includes('generate')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
