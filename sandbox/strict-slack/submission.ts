import { z } from 'zod';
import { checkView } from './limits/limits.ts';
import { admit } from './method.ts';
import { storeView } from './view-store.ts';
import { replaceView } from './views.ts';
import type { StoredView, Workspace } from './workspace.ts';

const view = z.record(z.string(), z.unknown());

const responseAction = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.enum(['update', 'push']), view }),
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('clear') }),
]);

/** Applies the acknowledgement of a submission. Without a `response_action`, the modal closes. */
export function closeOrReplace(workspace: Workspace, stored: StoredView, acknowledgement: string): void {
  const action = acknowledgement === '' ? undefined : responseAction.parse(JSON.parse(acknowledgement));
  switch (action?.response_action) {
    case 'errors':
      return;
    case 'push':
      admit(workspace, 'view_submission', checkView(action.view));
      storeView(workspace, { user: stored.user }, action.view, stored.rootId);
      return;
    case 'update':
      replaceView(workspace, 'view_submission', stored, action);
      return;
    case 'clear':
    case undefined:
      workspace.views.delete(stored.id);
  }
}
