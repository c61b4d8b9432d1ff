import { describe, expect, it } from 'vitest';
import { AYU, BUDI } from '../../../sandbox/local-slack/workspace.ts';
import { preview, sees, settled, toldAfter } from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const published = ({ slack }: StrictWorld) =>
  slack.calls.filter(({ method }) => method === 'views.publish').length;

const home = ({ slack }: StrictWorld, id = AYU.id) =>
  JSON.stringify(slack.workspace.homes.get(id)?.view ?? {});

async function bothLook(world: StrictWorld): Promise<void> {
  await world.ayu.openHome();
  await sees(world, 'the tab', () => published(world) === 1);
  await world.budi.openHome();
  await sees(world, 'the other tab', () => published(world) === 2);
}

describe.concurrent('the Home tab of somebody who looked at it', () => {
  it('is refreshed once for all runs that end while a refresh is under way, and is current in the end', () =>
    inStrictWorld(
      async (world) => {
        await world.ayu.openHome();
        await sees(world, 'the tab', () => published(world) === 1);
        let goOn: () => void = () => {};
        const until = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        world.slack.fail('views.publish', { until, times: Number.POSITIVE_INFINITY });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'a refresh', () => published(world) > 1);
        for (const target of ['test', 'prod']) await preview(world, world.ayu, target);
        await settled(world);
        // A refresh that Slack holds for too long is given up, and another one begins.
        const begun = published(world);
        goOn();
        await sees(
          world,
          'three previews that wait',
          () => home(world).match(/Waiting for confirmation/g)?.length === 3,
        );
        expect(published(world) - begun).toBeLessThanOrEqual(1);
      },
      { timing: IMPATIENT },
    ));

  it('is refreshed also where Slack refuses the tab of somebody who looked later', () =>
    inStrictWorld(
      async (world) => {
        await bothLook(world);
        const when = ({ user_id: id }: { readonly [name: string]: unknown }) => id === BUDI.id;
        world.slack.fail('views.publish', { error: 'user_not_found', when, times: Number.POSITIVE_INFINITY });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'a preview that waits', () => home(world).includes('Waiting for confirmation'));
      },
      { timing: IMPATIENT },
    ));

  it('is refreshed after the pause that Slack asks for, as is everybody after them', () =>
    inStrictWorld(
      async (world) => {
        await bothLook(world);
        world.slack.fail('views.publish', { retryAfter: 1 });
        await preview(world, world.ayu, 'dev');
        for (const { id } of [AYU, BUDI])
          await sees(world, 'a preview that waits', () =>
            home(world, id).includes('Waiting for confirmation'),
          );
      },
      { timing: IMPATIENT },
    ));

  it('is refreshed once Slack says whether they are an admin', () =>
    inStrictWorld(
      async (world) => {
        await world.sql('INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (?, UTC_TIMESTAMP())', [
          BUDI.id,
        ]);
        const when = ({ user }: { readonly [name: string]: unknown }) => user === BUDI.id;
        world.slack.fail('users.info', { retryAfter: 1, when });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'the tab', () => home(world, BUDI.id).includes('Waiting for confirmation'));
      },
      { timing: IMPATIENT },
    ));

  it('stays as it is where Slack does not say whether they are an admin', () =>
    inStrictWorld(
      async (world) => {
        const looked =
          'INSERT INTO sync_home_viewers (user_id, seen_at) VALUES (?, UTC_TIMESTAMP() - INTERVAL ? MINUTE)';
        await world.sql(looked, [BUDI.id, 1]);
        await world.sql(looked, [AYU.id, 2]);
        const when = ({ user }: { readonly [name: string]: unknown }) => user === BUDI.id;
        world.slack.fail('users.info', { retryAfter: 30, when, times: Number.POSITIVE_INFINITY });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'the tab of another', () => home(world).includes('Waiting for confirmation'));
        expect(world.slack.workspace.homes.has(BUDI.id)).toBe(false);
      },
      { timing: IMPATIENT },
    ));

  it('is not set back to an older state by a refresh that Slack has held up', () =>
    inStrictWorld(
      async (world) => {
        await bothLook(world);
        let goOn: () => void = () => {};
        const until = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        const when = ({ user_id: id }: { readonly [name: string]: unknown }) => id === BUDI.id;
        world.slack.fail('views.publish', { until, when });
        await preview(world, world.ayu, 'dev');
        await sees(world, 'a refresh', () => published(world) === 3);
        await world.sql(
          "INSERT INTO sync_pauses (target, paused_by_id, paused_by_name, paused_at) VALUES ('dev', ?, 'Ayu', UTC_TIMESTAMP(3))",
          [AYU.id],
        );
        await world.ayu.openHome();
        await sees(world, 'the pause', () => home(world).includes('Paused Rules'));
        goOn();
        await sees(world, 'the end of the refresh', () => published(world) === 5);
        expect(home(world)).toContain('Paused Rules');
      },
      { timing: { ...IMPATIENT, lookEveryMs: 60_000 } },
    ));

  it('is refreshed after a cancellation, a pause and its end, which no work on a run follows', () =>
    inStrictWorld(
      async (world) => {
        const message = await preview(world, world.ayu, 'dev');
        await world.budi.openHome();
        const shows = (what: string, text: string, isThere = true) =>
          sees(world, what, () => published(world) > 0 && home(world, BUDI.id).includes(text) === isThere);
        await shows('a preview that waits', 'Waiting for confirmation');
        await world.ayu.click(message, 'cancel_run');
        await shows('the cancellation', 'Waiting for confirmation', false);
        await world.ayu.command('pause dev');
        await shows('the pause', 'Paused Rules');
        await world.ayu.command('resume dev');
        await shows('its end', 'Paused Rules', false);
      },
      { timing: IMPATIENT },
    ));

  it('leaves out no target that waits for somebody, nor does the status, however late the settings name it', () =>
    inStrictWorld(
      async (world) => {
        await preview(world, world.ayu, 'dev');
        await world.ayu.openHome();
        await sees(world, 'the tab', () => published(world) === 1);
        expect(home(world)).toContain('Waiting for confirmation');
        expect(home(world)).toContain('…and 31 more targets.');
        const status = await toldAfter(world, () => world.ayu.command('status'));
        expect(status).toContain('Waiting for confirmation');
        expect(status).toMatch(/…and \d+ more targets\./);
      },
      {
        timing: IMPATIENT,
        settings: { SYNC_TARGETS: [...Array.from({ length: 100 }, (_, n) => `t${n}`), 'dev'].join(',') },
      },
    ));

  it('says how many targets it leaves out of a thousand', () =>
    inStrictWorld(
      async (world) => {
        await world.ayu.openHome();
        await sees(world, 'the tab', () => published(world) === 1);
        expect(home(world)).toContain('…and 930 more targets.');
      },
      { settings: { SYNC_TARGETS: Array.from({ length: 1_000 }, (_, n) => `t${n}`).join(',') } },
    ));
});
