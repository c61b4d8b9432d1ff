import { newId, type StoredView, type Workspace } from './workspace.ts';

type Content = StoredView['view'];

/** A view nobody sees yet. */
export function newView(user: string, content: Content, rootId?: string): StoredView {
  const id = newId('V');
  return { id, hash: newId('h'), user, rootId: rootId ?? id, view: content };
}

/** Opens a view for its user. */
export function storeView(workspace: Workspace, user: string, content: Content, rootId?: string): StoredView {
  const stored = newView(user, content, rootId);
  workspace.views.set(stored.id, stored);
  return stored;
}

/** A view as the Web API and interaction payloads carry it. */
export function shownView(
  workspace: Workspace,
  { id, hash, rootId, view }: StoredView,
): Record<string, unknown> {
  return {
    private_metadata: '',
    callback_id: '',
    external_id: '',
    close: null,
    submit: null,
    notify_on_close: false,
    clear_on_close: false,
    state: { values: {} },
    ...view,
    id,
    hash,
    root_view_id: rootId,
    previous_view_id: null,
    team_id: workspace.teamId,
    app_id: workspace.appId,
    app_installed_team_id: workspace.teamId,
    bot_id: `B${workspace.botUserId.slice(1)}`,
  };
}
