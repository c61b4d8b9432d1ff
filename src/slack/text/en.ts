import type { Deployment } from '../../config/commands.ts';
import * as answers from './en/answers.ts';
import * as automation from './en/automation.ts';
import * as cards from './en/cards.ts';
import { failure } from './en/failure.ts';
import * as lookUp from './en/look-up.ts';
import * as modals from './en/modals.ts';
import { batch, plan, time } from './en/plan.ts';
import { refusal } from './en/refusals.ts';
import * as slackRefusals from './en/slack-refusals.ts';

/** All texts in English. Arguments must be escaped for their place already (see `escape.ts`). A file taken whole has only texts. */
export const en = {
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

/** The texts in one language, and this deployment's names in them; undefined: the default names. Every language has this shape. */
export type Texts = typeof en & { readonly deployment?: Deployment };
