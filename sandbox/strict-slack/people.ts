import { z } from 'zod';
import { method, refused } from './method.ts';
import type { Member, Workspace } from './workspace.ts';

const authTest = method('auth.test', z.looseObject({}), (_args, workspace) => ({
  ok: true,
  url: `${workspace.url}/`,
  team: 'usersync-test',
  user: 'usersync',
  team_id: workspace.teamId,
  user_id: workspace.botUserId,
  bot_id: `B${workspace.botUserId.slice(1)}`,
  is_enterprise_install: false,
  ...workspace.identity,
}));

const asked = z.looseObject({ user: z.string(), include_locale: z.stringbool().optional() });

const usersInfo = method('users.info', asked, ({ user, include_locale }, workspace) => {
  const member = workspace.members.get(user);
  if (member === undefined) return refused('user_not_found');
  const shown = shownMember(workspace, member);
  // The language comes only where it is asked for (docs.slack.dev, users.info).
  return { ok: true, user: include_locale === true ? shown : { ...shown, locale: undefined } };
});

const groupUsers = method(
  'usergroups.users.list',
  z.looseObject({ usergroup: z.string() }),
  ({ usergroup }, workspace) => {
    const group = workspace.userGroups.get(usergroup);
    return group === undefined ? refused('no_such_subteam') : { ok: true, users: group.users };
  },
);

export const peopleMethods = { ...authTest, ...usersInfo, ...groupUsers };

function shownMember(workspace: Workspace, { real_name, shown, ...member }: Member): object {
  const fullName = real_name ?? member.name;
  return {
    team_id: workspace.teamId,
    deleted: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_admin: false,
    tz: 'Asia/Jakarta',
    tz_offset: 25_200,
    real_name: fullName,
    profile: { real_name: fullName, display_name: member.name },
    ...member,
    ...shown,
  };
}
