import { z } from 'zod';
import { milliseconds, OURS, table } from './tables.ts';

/** What `npm run bench -- --only servers` keeps in `bench/servers.json`. Times in milliseconds. */
export const serverSizes = z.object({
  machine: z.object({ cpu: z.string(), memoryGb: z.number(), node: z.string() }),
  sizes: z.array(
    z.object({
      /** As `USYNC_TEST_SERVER` calls it. */
      server: z.string(),
      version: z.string(),
      users: z.number(),
      rounds: z.number(),
      medians: z.record(z.string(), z.number()),
    }),
  ),
});
export type ServerSizes = z.infer<typeof serverSizes>;

const ROWS = { ...OURS, oneByOne: '(a) one create per user', loadData: '(c) LOAD DATA' };

/** The servers side by side, for docs/performance.md. */
export function serverLines({ machine, sizes }: ServerSizes): readonly string[] {
  const { cpu, memoryGb, node } = machine;
  const versions = [...new Set(sizes.map(({ server, version }) => `\`${server}\` is ${version}`))];
  return [
    `${cpu}, ${memoryGb} GB, Node ${node}; ${versions.join(', ')}. Milliseconds; medians.`,
    '',
    ...table([
      ['', ...sizes.map(({ users, server }) => `${users} users, \`${server}\``)],
      ...Object.entries(ROWS).map(([name, label]) => [
        label,
        ...sizes.map(({ medians }) => milliseconds(medians[name])),
      ]),
      ['rounds', ...sizes.map(({ rounds }) => String(rounds))],
    ]),
  ];
}
