import { describe, expect, it } from 'vitest';
import { AYU } from '../../../sandbox/local-slack/workspace.ts';
import { CHANNEL, preview, reply, sees, settled, shown } from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

/** Daily, due a minute ago. */
function justDue(): string {
  const due = new Date(Date.now() - 60_000);
  return `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
}

const digests = (world: StrictWorld) =>
  world.slack.messages(CHANNEL).filter((message) => shown(message).includes('Weekly Digest'));
const digest = (world: StrictWorld) => sees(world, 'the digest', () => digests(world).at(0));
const settings = () => ({ SLACK_CHANNEL_IDS: CHANNEL, SYNC_DIGEST: justDue() });

/** Starts a bot that tells the digest, once there is something to tell. */
async function oneSync(world: StrictWorld): Promise<void> {
  const card = await preview(world, world.ayu, 'dev');
  await world.ayu.click(card, 'confirm_run');
  await reply(world, card);
  await settled(world);
  // Before the time that the digest is due.
  await world.sql('UPDATE sync_runs SET finished_at = UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE');
  await world.sql('UPDATE users SET updated_at = UTC_TIMESTAMP() - INTERVAL 20 MINUTE');
}

describe('the digest', () => {
  it('tells who synced what, what drifted, what waits, whom to review, and the end of the audit log', () =>
    inStrictWorld(
      async (world) => {
        await oneSync(world);
        await preview(world, world.ayu, 'test');
        await world.sql(
          "UPDATE users SET status = 'inactive', updated_at = UTC_TIMESTAMP() WHERE email = 'vendor1@dkm'",
        );
        await settled(world);
        const [head] = await world.sql<{ seq: bigint; hash: string }>('SELECT seq, hash FROM audit_heads');
        await world.anotherBot(settings());
        const text = shown(await digest(world));
        expect(text).toContain(`<@${AYU.id}>: \`dev\`, 1 run: 25 added`);
        expect(text).toMatch(/\*Dev\*: last synced .*, 1 user changed by something else since/);
        expect(text).toContain('*Prod*: never synced');
        expect(text).toMatch(/\*Test\*: .*run 2/);
        expect(text).toContain('*Dev*: 1 inactive user. Type `/usersync inactive dev` to see them.');
        expect(text).toContain(`row ${head?.seq}, \`${head?.hash}\``);
      },
      { timing: IMPATIENT },
    ));

  it('tells rollbacks from syncs', () =>
    inStrictWorld(
      async (world) => {
        await oneSync(world);
        await world.sql('UPDATE sync_runs SET reverts_run_id = 1 WHERE id = 1');
        await world.anotherBot(settings());
        expect(shown(await digest(world))).toContain(`<@${AYU.id}>: \`dev\`, 1 run (1 rollback): 25 added`);
      },
      { timing: IMPATIENT },
    ));

  it('tells what was confirmed alone, and why', () =>
    inStrictWorld(
      async (world) => {
        await oneSync(world);
        await world.sql("UPDATE sync_runs SET reason = 'Nobody else is awake' WHERE id = 1");
        await world.sql(
          `INSERT INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at, closed_at)
           VALUES (1, 'call', 'broke_glass', UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        );
        await world.anotherBot(settings());
        const text = shown(await digest(world));
        expect(text).toMatch(
          /Confirmed Alone\*\n• \*Dev\*: .*run 1.*, by <@U0ADMIN001>, .*Reason given: Nobody else is awake/,
        );
      },
      { timing: IMPATIENT },
    ));

  it('is not posted where people of another company read the channel: it quotes what admins wrote', () =>
    inStrictWorld(
      async (world) => {
        await oneSync(world);
        const { channels } = world.slack.workspace;
        const channel = channels.get(CHANNEL);
        if (channel === undefined) throw new Error('There is no channel');
        channels.set(CHANNEL, { ...channel, shown: { is_ext_shared: true } });
        await world.anotherBot(settings());
        await sees(world, 'the end of the notice', async () => {
          const rows = await world.sql(
            "SELECT id FROM sync_outbox WHERE kind = 'digest' AND closed_at IS NOT NULL",
          );
          return rows.length > 0;
        });
        expect(digests(world)).toEqual([]);
      },
      { timing: IMPATIENT },
    ));

  it('is posted once by any number of processes', () =>
    inStrictWorld(
      async (world) => {
        // Settings of another minute would be another digest.
        const same = settings();
        await Promise.all([1, 2, 3].map(() => world.anotherBot(same)));
        await digest(world);
        // One that starts when it was told already.
        await world.anotherBot(same);
        await settled(world);
        expect(digests(world)).toHaveLength(1);
      },
      { timing: IMPATIENT },
    ));

  it('is posted once where the answer of Slack was lost', () =>
    inStrictWorld(
      async (world) => {
        world.slack.fail('chat.postMessage', { dropResponse: true });
        await world.anotherBot(settings());
        await digest(world);
        await settled(world);
        expect(digests(world)).toHaveLength(1);
      },
      { timing: IMPATIENT },
    ));

  it('is left to a process that has the setting', () =>
    inStrictWorld(
      async (world) => {
        await world.sql(
          "INSERT INTO sync_outbox (run_id, kind, reason, created_at, next_attempt_at) VALUES (0, 'digest', '2026-11-23T08:00:00.000Z', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))",
        );
        const card = await preview(world, world.ayu, 'dev');
        await world.ayu.click(card, 'confirm_run');
        await reply(world, card);
        const [row] = await world.sql<{ open: bigint }>(
          "SELECT COUNT(*) AS open FROM sync_outbox WHERE kind = 'digest' AND closed_at IS NULL AND attempts = 0",
        );
        expect(Number(row?.open)).toBe(1);
      },
      { timing: IMPATIENT },
    ));
});
