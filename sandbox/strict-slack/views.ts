import { z } from 'zod';
import limits from './limits/limits.json' with { type: 'json' };
import { checkMessage, checkView } from './limits/limits.ts';
import { admit, method, pointer, type Refused, refused } from './method.ts';
import { newView, shownView, storeView } from './view-store.ts';
import { newId, type StoredView, type Workspace } from './workspace.ts';

const view = z.record(z.string(), z.unknown());

const open = method('views.open', z.looseObject({ trigger_id: z.string(), view }), (args, workspace) => {
  const user = useTrigger(workspace, args.trigger_id);
  if (typeof user !== 'string') return user;
  const refusal = admit(workspace, 'views.open', checkView(args.view));
  if (refusal !== undefined) return refusal;
  return {
    ok: true,
    view: shownView(workspace, storeView(workspace, { user, triggerId: args.trigger_id }, args.view)),
  };
});

const push = method('views.push', z.looseObject({ trigger_id: z.string(), view }), (args, workspace) => {
  const user = useTrigger(workspace, args.trigger_id);
  if (typeof user !== 'string') return user;
  const refusal = admit(workspace, 'views.push', checkView(args.view));
  if (refusal !== undefined) return refusal;
  const stack = [...workspace.views.values()].filter((each) => each.user === user);
  if (stack.length >= limits.view.push_depth) return refused('push_limit_reached');
  return {
    ok: true,
    view: shownView(
      workspace,
      storeView(workspace, { user, triggerId: args.trigger_id }, args.view, stack[0]?.id),
    ),
  };
});

const update = method(
  'views.update',
  z.looseObject({
    view_id: z.string().optional(),
    external_id: z.string().optional(),
    hash: z.string().optional(),
    view,
  }),
  (args, workspace) => {
    const stored = [...workspace.views.values()].find(
      (each) =>
        each.id === args.view_id ||
        (args.external_id !== undefined && each.view['external_id'] === args.external_id),
    );
    if (stored === undefined) return refused('not_found');
    return replaceView(workspace, 'views.update', stored, args);
  },
);

const publish = method(
  'views.publish',
  z.looseObject({ user_id: z.string(), hash: z.string().optional(), view }),
  (args, workspace) => {
    if (!workspace.members.has(args.user_id)) return refused('user_not_found');
    const stored = workspace.homes.get(args.user_id) ?? newView({ user: args.user_id }, {});
    const answer = replaceView(workspace, 'views.publish', stored, args);
    if (answer.ok) workspace.homes.set(args.user_id, stored);
    return answer;
  },
);

const validate = method(
  'blocks.validate',
  z.looseObject({
    message: z.looseObject({ blocks: z.array(z.unknown()) }).optional(),
    view: view.optional(),
  }),
  ({ message, view }) => {
    // Rules that only this project has do not count here.
    const found = [
      ...(message === undefined ? [] : checkMessage({ text: 'sample', ...message })),
      ...(view === undefined ? [] : checkView(view)),
    ].filter(({ slackError }) => slackError !== undefined);
    if (found.length === 0) return { ok: true };
    const errors = found.map(({ path, rule }) => ({ pointer: `/${pointer(path)}`, message: rule }));
    return { ...refused(message === undefined ? 'invalid_view' : 'invalid_message'), errors };
  },
);

export const viewMethods = { ...open, ...push, ...update, ...publish, ...validate };

type Replacement = { readonly hash?: string | undefined; readonly view: StoredView['view'] };

/** Replaces the content of a view, if Slack would allow it. */
export function replaceView(
  workspace: Workspace,
  name: string,
  stored: StoredView,
  { hash, view }: Replacement,
) {
  if (hash !== undefined && hash !== stored.hash) return refused('hash_conflict');
  const refusal = admit(workspace, name, checkView(view));
  if (refusal !== undefined) return refusal;
  stored.view = view;
  stored.hash = newId('h');
  return { ok: true as const, view: shownView(workspace, stored) };
}

/** The user of the trigger. A trigger works once, within its lifetime. */
function useTrigger(workspace: Workspace, id: string): string | Refused {
  const trigger = workspace.triggers.get(id);
  if (trigger === undefined) return refused('invalid_trigger_id');
  if (trigger.used) return refused('exchanged_trigger_id');
  if (workspace.now() - trigger.issuedAt > workspace.triggerLifetimeMs) return refused('expired_trigger_id');
  trigger.used = true;
  return trigger.user;
}
