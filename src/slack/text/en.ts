import type { Deployment } from '../../config/commands.ts';
import { help, history, home, status, trouble } from './en/answers.ts';
import { automatic, call, digest, schedule } from './en/automation.ts';
import { batch } from './en/batch.ts';
import { rollback, run, state, time } from './en/cards.ts';
import { failure } from './en/failure.ts';
import { config, find, users } from './en/look-up.ts';
import { adjust, alone, details, guard, shortcut } from './en/modals.ts';
import { absence, plan } from './en/plan.ts';
import { refusal } from './en/refusals.ts';
import { refusedSteps } from './en/refused-steps.ts';
import { file, rejection } from './en/slack-refusals.ts';

/**
 * Everything that the bot says, in English. Strings handed to its functions are already safe for the place they
 * go to (see `escape.ts`): the catalogue only puts words around them.
 */
export const en = {
  absence,
  adjust,
  alone,
  automatic,
  batch,
  call,
  config,
  details,
  digest,
  failure,
  file,
  find,
  guard,
  help,
  history,
  home,
  plan,
  refusal,
  refusedSteps,
  rejection,
  rollback,
  run,
  schedule,
  shortcut,
  state,
  status,
  time,
  trouble,
  users,
};

/**
 * A text catalogue, and what this deployment is called in it; the defaults where it says nothing. Other languages have the
 * same shape.
 */
export type Texts = typeof en & { readonly deployment?: Deployment };
