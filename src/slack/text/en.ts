import { failure } from './en/failure.ts';
import { guard } from './en/guard.ts';
import { help } from './en/help.ts';
import { plan } from './en/plan.ts';
import { refusal } from './en/refusal.ts';
import { rollback } from './en/rollback.ts';
import { run } from './en/run.ts';
import { trouble } from './en/trouble.ts';

/**
 * Everything that the bot says, in English. Strings handed to its functions are already safe for the place they
 * go to (see `escape.ts`): the catalogue only puts words around them.
 */
export const en = { failure, guard, help, plan, refusal, rollback, run, trouble };

/** A text catalogue. Other languages have the same shape. */
export type Texts = typeof en;
