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

const usersInfo = method('users.info', z.looseObject({ user: z.string() }), ({ user }, workspace) => {
  const member = workspace.members.get(user);
  return member === undefined
    ? refused('user_not_found')
    : { ok: true, user: shownMember(workspace, member) };
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
