import type { SlackReply, TokenFacts } from '../../slack/connect/inspect.ts';
import { disqualification, type Member, nameOf } from '../../slack/connect/members.ts';
import { fail, pass, type Verdict, warn } from './finding.ts';
import { noAnswer } from './slack-reply.ts';

const TAKE_OUT = 'Take the id out of SLACK_ADMIN_USER_IDS.';

/** Someone whom `SLACK_ADMIN_USER_IDS` names can be an admin. `us` is what the token says of itself. */
export function admin(reply: SlackReply<Member>, us: SlackReply<TokenFacts>): Verdict {
  if (reply.outcome !== 'answered') return noAnswer(reply, 'Correct the id in SLACK_ADMIN_USER_IDS.');
  const name = nameOf(reply.answer) ?? reply.answer.id;
  switch (disqualification(reply.answer, us.outcome === 'answered' ? us.answer.teamId : '')) {
    case undefined:
      return pass(name);
    case 'deleted':
      return warn(`${name} is deactivated in Slack`, TAKE_OUT);
    case 'bot':
      return fail(`${name} is a bot, which is never an admin`, TAKE_OUT);
    case 'guest':
      return fail(`${name} is a guest, who is never an admin`, TAKE_OUT);
    case 'stranger':
      return fail(`${name} is of another workspace, and never an admin here`, TAKE_OUT);
  }
}

/** A group of `SLACK_ADMIN_USERGROUP_IDS` has members. */
export function group(reply: SlackReply<number>): Verdict {
  if (reply.outcome !== 'answered')
    return noAnswer(reply, 'Correct the id; without an answer nobody is an admin through this group.');
  return reply.answer === 0
    ? warn('it has no members', 'Nobody is an admin through it: add members in Slack.')
    : pass(`${reply.answer} members`);
}
