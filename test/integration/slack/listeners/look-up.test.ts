import { describe, expect, it } from 'vitest';
import { AYU, CITRA } from '../../../../sandbox/local-slack/workspace.ts';
import { FAR_SCHEDULE, FAR_WEEKDAY } from '../../../support/far-weekday.ts';
import {
  CHANNEL,
  modal,
  preview,
  reply,
  sees,
  shown,
  toldAfter,
} from '../../../support/strict-conversation.ts';
import { useStrictWorld } from '../../../support/strict-world.ts';

const FREEZE = `${FAR_WEEKDAY} 01:00-${FAR_WEEKDAY} 01:30`;

const world = useStrictWorld({
  settings: {
    SYNC_TARGETS: 'dev,test,prod,sby,produksi=prod',
    SYNC_APPROVALS: 'prod=2',
    SYNC_FREEZE: FREEZE,
    PROTECTED_EMAILS: 'boss@dkm,vendor*@dkm',
    SLACK_CHANNEL_IDS: 'C0DEVSUP01',
    SYNC_SCHEDULE: FAR_SCHEDULE,
    SYNC_SCHEDULE_TZ: 'Asia/Jakarta',
    EXTERNAL_API_PASSWORD_PROD: 'password-of-prod-never-to-be-seen',
  },
});

describe('/usersync find', () => {
  it('says how a user stands at each target, since when, by which run and whose confirmation', async () => {
    const message = await preview(world, world.ayu, 'dev');
    await world.budi.click(message, 'confirm_run');
    await reply(world, message);
    const told = await toldAfter(world, () => world.ayu.command('find vendor1@dkm'));
    expect(told).toContain('1 user at all targets with `vendor1@dkm` in the email');
    expect(told).toMatch(
      /• `vendor1@dkm` `dev`: active since <!date\^.*>, by <http\S+\|run \d+>, confirmed by <@U0ADMIN002>/,
    );
    expect(await toldAfter(world, () => world.ayu.command('find old_user'))).toMatch(
      /`old_user1@dkm` `test`: active, by no run on record, row last changed <!date.*>\n• `old_user2@dkm`/,
    );
    await world.sql(
      "UPDATE users SET status = 'inactive', updated_at = NOW() + INTERVAL 1 HOUR WHERE email = 'vendor1@dkm'",
    );
    expect(await toldAfter(world, () => world.ayu.command('find VENDOR1'))).toMatch(
      /`vendor1@dkm` `dev`: inactive, by something other than usersync; before that .*run \d+>, confirmed by .*, row last changed <!date/,
    );
    expect(await toldAfter(world, () => world.ayu.command('find nobody%'))).toContain(
      'Type a shorter part of the email to find more.',
    );
  });

  it('tells of the first 20, and how many more there are', async () => {
    const told = await toldAfter(world, () => world.ayu.command('find dev_user'));
    expect(told.match(/• `/g)).toHaveLength(20);
    expect(told).toContain('…and 4 more. Type a longer part of the email to see fewer.');
  });

  it.each(['find', 'find  '])('asks for an email (%j)', async (text) => {
    expect(await toldAfter(world, () => world.ayu.command(text))).toContain(
      'needs an email, or a part of one.',
    );
  });

  it.each(['find vendor1', 'config'])(
    '(%s) tells nothing to somebody who is no admin, but whom to ask',
    async (text) => {
      const told = await toldAfter(world, () => world.citra.command(text), CITRA.id);
      expect(told).toContain('Only usersync admins may do this');
      expect(told).toContain(`The admins are <@${AYU.id}>`);
      expect(told).not.toMatch(/dkm|127\.0\.0\.1/);
    },
  );
});

describe('a refusal', () => {
  const newest = () =>
    world.sql(
      'SELECT step, outcome, actor_id AS actor, run_id AS run FROM audit_logs ORDER BY seq DESC LIMIT 1',
    );

  it('of a file of a run without a plan, and of an older page that is none, is on record', async () => {
    expect(await toldAfter(world, () => world.ayu.command('export 999'))).toContain(
      'No run with that number',
    );
    const refused = { step: 'refused', outcome: 'run_not_found', actor: AYU.id };
    expect(await newest()).toEqual([{ ...refused, run: 999 }]);
    const message = await preview(world, world.ayu, 'test');
    const older = { actionId: 'older_runs', blockId: 'x', value: 'forged' };
    expect(await toldAfter(world, () => world.ayu.clickForged(message, older))).toContain('no such run');
    expect(await newest()).toEqual([{ ...refused, run: null }]);
  });
});

describe('/usersync config', () => {
  it('shows targets and servers, limits, admins, freeze, schedule, protected emails, version and language', async () => {
    const told = await toldAfter(world, () => world.ayu.command('config'));
    const host = (url: string) => new URL(url).host;
    const { dev, prod } = world.depots;
    expect(told).toContain(`• *Dev*: \`${host(dev.url)}\`\n`);
    expect(told).toMatch(new RegExp(`\\*Prod\\*: \`${host(prod.url)}\`, needs 2 people`));
    expect(told).toMatch(/^• .*`produksi`.*, needs 2 people$/m);
    expect(told).toContain('• *sby*: no single row in the locations table');
    expect(told).toContain(
      'A preview can be confirmed for 30 minutes. A scheduled one can be confirmed at least until the next is due.',
    );
    expect(told).toContain('up to 5 users or 20% of the active users');
    expect(told).toContain(`Admins: <@${AYU.id}>`);
    expect(told).toContain('Channels: <#C0DEVSUP01>');
    expect(told).toContain(`Nothing is executed during \`${FREEZE}\` (\`Asia/Jakarta\`).`);
    expect(told).toContain(`\`${FAR_SCHEDULE}\``);
    expect(told).toContain('• `boss@dkm`\n• `vendor*@dkm`');
    expect(told).toMatch(/usersync \d+\.\d+\.\d+\. Language: en/);
  });

  it('shows no secret: of an address the host alone, and nothing of an address that a sync would refuse', async () => {
    const useAddress = (id: number, address: string) =>
      world.sql('UPDATE locations SET online_url = ? WHERE id = ?', [address, id]);
    await useAddress(8, 'https://dev.example.com/never-to-be-seen');
    await useAddress(7, 'not an address, never-to-be-seen');
    await useAddress(1, 'https://user:never-to-be-seen@prod.example.com');
    const told = await toldAfter(world, () => world.ayu.command('config'));
    expect(told).toContain('• *Dev*: `dev.example.com`\n');
    expect(told).toContain('• *Test*: the address in the locations table cannot be used');
    expect(told).toContain('• *Prod*: the address in the locations table cannot be used');
    const { signingSecret, botToken } = world.slack;
    for (const secret of ['never-to-be-seen', signingSecret, botToken, 'mysql:']) {
      expect(told).not.toContain(secret);
    }
  });
});

describe('/usersync users and inactive', () => {
  const direct = () => world.slack.messages(`D${AYU.id.slice(1)}`);

  it.each(['users test', 'inactive'])('(%s) sends no file unasked', async (text) => {
    await world.sql("UPDATE users SET status = 'inactive' WHERE email = 'user1@dkm'");
    world.slack.workspace.views.clear();
    await world.ayu.command(text);
    await modal(world, 'user1@dkm');
    expect(direct()).toEqual([]);
    expect(world.slack.workspace.files.size).toBe(0);
  });

  it('send it to whoever presses Send as File, and say so in the window', async () => {
    world.slack.workspace.views.clear();
    await world.ayu.command('users test active user1');
    const view = await modal(world, 'Send as File');
    // Twice, before the window shows the first press.
    const pressed = structuredClone(view);
    await Promise.all([1, 2].map(() => world.ayu.clickInView(pressed, 'send_users')));
    const file = await sees(world, 'the file', () =>
      [...world.slack.workspace.files.values()].find(({ shared }) => shared),
    );
    expect(file.name).toBe('usersync-users-test-active.csv');
    expect(file.content?.toString().split('\r\n').slice(0, 3)).toEqual([
      'target,email,status,updated_at',
      expect.stringMatching(/^test,old_user1@dkm,active,/),
      expect.stringMatching(/^test,user10@dkm,active,/),
    ]);
    expect(direct().map(shown).join('\n')).toContain('2 active users at `test` with `user1` in the email');
    await modal(world, 'The file is in your conversation with usersync.');
    await sees(world, 'the answer to the other press', () =>
      direct().find(({ text }) => text === 'The file is on its way to your conversation with usersync.'),
    );
    expect(world.slack.workspace.files.size).toBe(1);
    expect(world.slack.messages(CHANNEL).every(({ fileIds }) => fileIds.length === 0)).toBe(true);
  });
});
