import type { Deployment } from '../../config/deployment.ts';
import { help, history, home, status, trouble, users } from './en/answers.ts';
import { absence, alone, automatic } from './en/automatic.ts';
import { call, digest, schedule } from './en/by-itself.ts';
import { batch, rollback, run, state, time } from './en/cards.ts';
import { failure } from './en/failure.ts';
import { adjust, details, guard, plan } from './en/plan.ts';
import { refusal } from './en/refusals.ts';
import { file, rejection } from './en/rejections.ts';
import { shortcut } from './en/shortcuts.ts';

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
  details,
  digest,
  failure,
  file,
  guard,
  help,
  history,
  home,
  plan,
  refusal,
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
