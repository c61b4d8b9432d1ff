import { describe, expect, it } from 'vitest';
import { AYU, BUDI, CITRA } from '../../../sandbox/local-slack/workspace.ts';
import {
  audited,
  buttons,
  CHANNEL,
  modal,
  preview,
  sees,
  settled,
  shown,
  toldAfter,
} from '../../support/strict-conversation.ts';
import { IMPATIENT, inStrictWorld, type StrictWorld } from '../../support/strict-world.ts';

const OWN = `D${AYU.id.slice(1)}`;

/** Ayu's conversation with the bot, which nobody else reads. */
async function opened(world: StrictWorld): Promise<void> {
  await world.ayu.shortcut('preview_of_old');
  await sees(world, 'the conversation', () => world.slack.messages(OWN).at(-1));
}

describe('an admin who acts alone', () => {
  const confirmAlone = async (world: StrictWorld) => {
    const message = await preview(world, world.ayu, 'dev');
    await settled(world);
    await world.ayu.click(message, 'confirm_alone_run');
    await world.ayu.submit(await modal(world, 'Execute Alone'), { target: 'dev', reason: 'Nobody is awake' });
    await sees(world, 'the end', () => shown(message).includes('Sync Completed'));
  };
  const alone = async (world: StrictWorld) => {
    await confirmAlone(world);
    await settled(world);
    return world.slack.calls.filter(
      ({ method, args }) => method === 'chat.postMessage' && args['channel'] === BUDI.id,
    );
  };

  it('is told to each other admin directly where any channel will do, since it may be read by nobody else', () =>
    inStrictWorld(
      async (world) => {
        expect((await alone(world)).map(({ args }) => args['text'])).toEqual([
          expect.stringContaining('*alone*'),
        ]);
      },
      { settings: { TWO_PERSON_TARGETS: 'dev' } },
    ));

  it('is told directly to the members of a user group of admins too', () =>
    inStrictWorld(async (world) => expect(await alone(world)).toHaveLength(1), {
      slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, BUDI.id] }] },
      settings: {
        TWO_PERSON_TARGETS: 'dev',
        SLACK_ADMIN_USER_IDS: '',
        SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01',
      },
    }));

  it('is told to no guest in that user group, who is no admin', () =>
    inStrictWorld(
      async (world) => {
        const citra = world.slack.workspace.members.get(CITRA.id) ?? { ...CITRA, name: 'citra' };
        world.slack.workspace.members.set(CITRA.id, { ...citra, is_restricted: true });
        expect(await alone(world)).toHaveLength(1);
        expect(world.slack.messages(`D${CITRA.id.slice(1)}`)).toEqual([]);
      },
      {
        slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, CITRA.id, BUDI.id] }] },
        settings: {
          TWO_PERSON_TARGETS: 'dev',
          SLACK_ADMIN_USER_IDS: '',
          SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01',
        },
      },
    ));

  const GROUP_OF_GUESTS = {
    TWO_PERSON_TARGETS: 'dev',
    SLACK_ADMIN_USER_IDS: '',
    SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01',
  };

  it('is told to no guest of whom Slack does not say it at once, but to the others later', () =>
    inStrictWorld(
      async (world) => {
        world.slack.workspace.members.set('U0AGUEST', { id: 'U0AGUEST', name: 'g', is_restricted: true });
        const isGuest = ({ user }: Readonly<Record<string, unknown>>) => user === 'U0AGUEST';
        world.slack.fail('users.info', { status: 503, when: isGuest });
        expect(await alone(world)).toHaveLength(1);
        expect(world.slack.messages('D0AGUEST')).toEqual([]);
      },
      {
        timing: IMPATIENT,
        slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, 'U0AGUEST', BUDI.id] }] },
        settings: GROUP_OF_GUESTS,
      },
    ));

  it.each([
    ['of a member whether they are an admin', 'users.info', { error: 'internal_error' }],
    ['of a member, and answers nothing', 'users.info', { status: 503 }],
    ['who is in a user group', 'usergroups.users.list', { error: 'internal_error' }],
    ['that it may tell one of them', 'chat.postMessage', { error: 'service_unavailable' }],
  ])(
    'is told to the others at once though Slack does not say %s, and goes on to ask',
    (_what, method, fault) =>
      inStrictWorld(
        async (world) => {
          const concerns = ({ user, usergroup, channel }: Readonly<Record<string, unknown>>) =>
            [user, usergroup, channel].some((id) => id === 'U0AFIRST' || id === 'S0BROKEN01');
          world.slack.workspace.members.set('U0AFIRST', { id: 'U0AFIRST', name: 'first' });
          world.slack.fail(method, { ...fault, times: Number.POSITIVE_INFINITY, when: concerns });
          await confirmAlone(world);
          await sees(world, 'the call', () => world.slack.messages(`D${BUDI.id.slice(1)}`).at(0));
          const open =
            "SELECT 1 FROM sync_outbox WHERE reason = 'broke_glass' AND closed_at IS NULL AND attempts > 2";
          await sees(world, 'more attempts', async () => (await world.sql(open)).at(0));
          expect(world.slack.messages(`D${BUDI.id.slice(1)}`)).toHaveLength(1);
          expect(world.slack.messages('D0AFIRST')).toEqual([]);
        },
        {
          timing: IMPATIENT,
          slack: {
            userGroups: [
              { id: 'S0ADMINS01', users: [AYU.id, 'U0AFIRST', BUDI.id] },
              { id: 'S0BROKEN01', users: ['U0AFIRST'] },
            ],
          },
          settings: {
            ...GROUP_OF_GUESTS,
            SLACK_ADMIN_USERGROUP_IDS: method === 'usergroups.users.list' ? 'S0BROKEN01' : 'S0ADMINS01',
            SLACK_ADMIN_USER_IDS: method === 'usergroups.users.list' ? `${AYU.id},${BUDI.id}` : '',
          },
        },
      ),
  );

  it('is told to the admins behind many guests', () => {
    const guests = Array.from({ length: 45 }, (_, n) => `U0AGUEST${n + 10}`);
    return inStrictWorld(
      async (world) => {
        for (const id of guests) world.slack.workspace.members.set(id, { id, name: id, is_restricted: true });
        expect(await alone(world)).toHaveLength(1);
      },
      {
        timing: IMPATIENT,
        slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, ...guests, BUDI.id] }] },
        settings: GROUP_OF_GUESTS,
      },
    );
  });

  it.each([
    ['before', 'U00GUEST'],
    ['after', 'U0ZGUEST'],
  ])(
    'counts as told to nobody where Slack takes it nowhere, though many guests were looked at %s',
    (_, id) => {
      const guests = Array.from({ length: 25 }, (_guest, n) => `${id}${n + 10}`);
      return inStrictWorld(
        async (world) => {
          for (const guest of guests)
            world.slack.workspace.members.set(guest, { id: guest, name: guest, is_restricted: true });
          const isCall = ({ text }: Readonly<Record<string, unknown>>) => String(text).includes('*alone*');
          world.slack.fail('chat.postMessage', { error: 'restricted_action', times: 99, when: isCall });
          await alone(world);
          const ended = () =>
            world.sql("SELECT untold FROM sync_outbox WHERE reason = 'broke_glass' AND closed_at > 0");
          expect(await sees(world, 'the end of the call', async () => (await ended())[0])).toEqual({
            untold: 'restricted_action',
          });
        },
        {
          timing: IMPATIENT,
          slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, ...guests, BUDI.id] }] },
          settings: GROUP_OF_GUESTS,
        },
      );
    },
  );

  it('is told to every other admin, once, however many there are, and though Slack takes it not for each at once', () => {
    const others = Array.from({ length: 45 }, (_, n) => `U0OTHER${String(n).padStart(3, '0')}`);
    const members = [
      { id: AYU.id, name: 'ayu', real_name: 'Ayu' },
      ...others.map((id) => ({ id, name: id.toLowerCase(), real_name: id })),
    ];
    return inStrictWorld(
      async (world) => {
        const isOf = (id: string) => (args: { readonly [name: string]: unknown }) => args['channel'] === id;
        world.slack.fail('chat.postMessage', { status: 500, times: 1, when: isOf('U0OTHER030') });
        world.slack.fail('chat.postMessage', { error: 'user_disabled', times: 9, when: isOf('U0OTHER003') });
        await alone(world);
        const told = () =>
          world.slack.workspace.messages.flatMap(({ channel, text }) =>
            text.includes('*alone*') ? [channel] : [],
          );
        const expected = others.filter((id) => id !== 'U0OTHER003').map((id) => `D${id.slice(1)}`);
        await sees(world, 'a call to everybody', () => expected.every((channel) => told().includes(channel)));
        await settled(world);
        expect(
          told()
            .filter((channel) => channel.startsWith('D'))
            .toSorted(),
        ).toEqual(expected);
      },
      {
        slack: { members, userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, ...others].toReversed() }] },
        settings: {
          TWO_PERSON_TARGETS: 'dev',
          SLACK_ADMIN_USER_IDS: '',
          SLACK_ADMIN_USERGROUP_IDS: 'S0ADMINS01',
        },
      },
    );
  });

  it('is told to each admin in the end, of whom many are in doubt at first', () => {
    const others = Array.from({ length: 45 }, (_, n) => `U0OTHER${String(n).padStart(3, '0')}`);
    const inDoubt = others.filter((_, n) => n < 22 || n > 40);
    return inStrictWorld(
      async (world) => {
        for (const id of others) world.slack.workspace.members.set(id, { id, name: id.toLowerCase() });
        for (const id of inDoubt)
          world.slack.fail('users.info', { error: 'internal_error', when: ({ user }) => user === id });
        const isCall = ({ channel, text }: Readonly<Record<string, unknown>>) =>
          channel === 'U0OTHER030' && String(text).includes('*alone*');
        world.slack.fail('chat.postMessage', { dropResponse: true, times: 99, when: isCall });
        await confirmAlone(world);
        const told = (id: string) =>
          world.slack.messages(`D${id.slice(1)}`).filter(({ text }) => text.includes('*alone*')).length;
        await sees(world, 'the end of the call', async () => {
          await world.sql(
            `UPDATE sync_outbox SET created_at = created_at - INTERVAL 20 MINUTE, next_attempt_at = UTC_TIMESTAMP(3)
             WHERE reason = 'broke_glass' AND closed_at IS NULL AND lease_until IS NULL AND next_attempt_at > UTC_TIMESTAMP(3)`,
          );
          const ended = "SELECT id FROM sync_outbox WHERE reason = 'broke_glass' AND closed_at IS NOT NULL";
          return (await world.sql(ended)).at(0);
        });
        const counts = new Map(others.map((id) => [id, told(id)]));
        const copies = counts.get('U0OTHER030') ?? 0;
        counts.delete('U0OTHER030');
        expect([...new Set(counts.values())]).toEqual([1]);
        expect(copies).toBeGreaterThan(1);
        expect(copies).toBeLessThanOrEqual(8);
      },
      {
        timing: IMPATIENT,
        slack: { userGroups: [{ id: 'S0ADMINS01', users: [AYU.id, ...others] }] },
        settings: GROUP_OF_GUESTS,
      },
    );
  });

  it('is told directly where the channel of the settings does not take the call', () =>
    inStrictWorld(
      async (world) => {
        const when = ({ channel, text }: { readonly [name: string]: unknown }) =>
          channel === CHANNEL && String(text).includes('*alone*');
        world.slack.fail('chat.postMessage', { error: 'not_in_channel', times: 100, when });
        expect(await alone(world)).toHaveLength(1);
      },
      { settings: { TWO_PERSON_TARGETS: 'dev', SLACK_CHANNEL_IDS: CHANNEL } },
    ));

  it('is called out in the channel alone where the settings name it', () =>
    inStrictWorld(
      async (world) => {
        expect(await alone(world)).toEqual([]);
      },
      { settings: { TWO_PERSON_TARGETS: 'dev', SLACK_CHANNEL_IDS: CHANNEL } },
    ));
});

describe('in a conversation between people', () => {
  it('an admin is told to go to a channel, since nobody can invite the bot there', () =>
    inStrictWorld(async (world) => {
      const told = await toldAfter(world, () => world.ayu.command('dev', 'D0OTHERS1'));
      // The manifest lets nobody type in the bot's own conversation.
      expect(told).toMatch(
        /^usersync cannot post in a conversation between people. Nothing was changed. Type your command in a channel.$/,
      );
    }));

  it.each([
    ['not in', false],
    ['in', true],
  ])('of a group likewise, where the bot is %s it', (_, isMember) =>
    inStrictWorld(async (world) => {
      const { channels, botUserId } = world.slack.workspace;
      const members = [AYU.id, BUDI.id, ...(isMember ? [botUserId] : [])];
      const group = { id: 'G0GROUP001', name: 'mpdm-ayu--budi--citra-1', members, shown: { is_mpim: true } };
      channels.set(group.id, isMember ? group : { ...group, shown: {} });
      const told = await toldAfter(world, () => world.ayu.command('dev', group.id));
      expect(told).toContain('usersync cannot post in a conversation between people. Nothing was changed.');
    }),
  );

  it('a pause says that the others do not know of it', () =>
    inStrictWorld(async (world) => {
      const told = await toldAfter(world, () => world.ayu.command('pause dev', 'D0OTHERS1'));
      expect(told).toContain('Only you see this answer: tell the other admins yourself.');
    }));
});

describe("in the bot's own conversation with an admin", () => {
  it('nobody acts alone, since nobody would learn of it, and the preview says where others can confirm', () =>
    inStrictWorld(
      async (world) => {
        await opened(world);
        await world.ayu.command('dev', OWN);
        const message = await sees(world, 'the preview', () =>
          world.slack.messages(OWN).find((each) => buttons(each).includes('confirm_run')),
        );
        expect(buttons(message)).not.toContain('confirm_alone_run');
        expect(shown(message)).toContain(
          'Nobody else reads this conversation. Ask for the preview in a channel that the other admins read.',
        );
        await world.ayu.clickForged(message, {
          actionId: 'confirm_alone_run',
          blockId: 'buttons',
          value: '1',
        });
        await modal(world, 'Nobody else reads this conversation, so no other admin would learn');
        expect(await audited(world, 'refused')).toMatchObject([{ outcome: 'alone_unseen', run_id: 1 }]);
      },
      { settings: { TWO_PERSON_TARGETS: 'dev' } },
    ));

  it('preview and result come at the second try too, though the bot may not look there for the first one', () =>
    inStrictWorld(
      async (world) => {
        await opened(world);
        world.slack.fail('chat.postMessage', { status: 503 });
        await world.ayu.command('dev', OWN);
        const message = await sees(world, 'the preview', () =>
          world.slack.messages(OWN).find((each) => buttons(each).includes('confirm_run')),
        );
        await settled(world);
        world.slack.fail('chat.postMessage', { status: 503 });
        await world.ayu.click(message, 'confirm_run');
        await sees(world, 'the end', () => shown(message).includes('Sync Completed'));
        await settled(world);
        expect(world.slack.messages(OWN, message.ts).map(({ text }) => text)).toEqual([
          expect.stringContaining('completed successfully'),
        ]);
      },
      { timing: IMPATIENT },
    ));

  it('a pause is told in the channel of the schedule too', () =>
    inStrictWorld(
      async (world) => {
        await opened(world);
        await world.ayu.command('pause dev', OWN);
        const told = await sees(world, 'the pause', () =>
          world.slack.messages(CHANNEL).find((each) => shown(each).includes('paused')),
        );
        expect(shown(told)).toContain(`<@${AYU.id}>`);
      },
      { settings: { SYNC_SCHEDULE: '0 0 1 1 *', SYNC_SCHEDULE_CHANNEL_ID: CHANNEL } },
    ));

  it('a pause names that channel where the bot cannot post there, and how to invite it', () =>
    inStrictWorld(
      async (world) => {
        await opened(world);
        expect(await toldAfter(world, () => world.ayu.command('pause dev', OWN))).toContain(
          '<#C0NOTHERE1> could not be told: usersync is not a member of the channel. ' +
            'Tell the other admins yourself, and type `/invite @usersync` there.',
        );
      },
      { settings: { SYNC_SCHEDULE: '0 0 1 1 *', SYNC_SCHEDULE_CHANNEL_ID: 'C0NOTHERE1' } },
    ));
});
