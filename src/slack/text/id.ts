import type { Texts } from './en.ts';
import * as answers from './id/answers.ts';
import * as automation from './id/automation.ts';
import * as cards from './id/cards.ts';
import { failure } from './id/failure.ts';
import * as lookUp from './id/look-up.ts';
import * as modals from './id/modals.ts';
import { batch, plan, time } from './id/plan.ts';
import { refusal } from './id/refusals.ts';
import * as slackRefusals from './id/slack-refusals.ts';

/** All texts of the bot in Indonesian. See `en.ts`. */
export const id: Texts = {
  ...answers,
  ...automation,
  ...cards,
  ...lookUp,
  ...modals,
  ...slackRefusals,
  batch,
  failure,
  plan,
  refusal,
  time,
};
