import { newId, type StoredView, type Workspace } from './workspace.ts';

type Content = StoredView['view'];

/** Who opens a view, and by which trigger; a Home tab needs none. */
type Opening = { readonly user: string; readonly triggerId?: string };

/** A view nobody sees yet. */
export function newView(opening: Opening, content: Content, rootId?: string): StoredView {
  const id = newId('V');
  return { id, hash: newId('h'), ...opening, rootId: rootId ?? id, view: content };
}

/** Opens a view for its user. */
export function storeView(
  workspace: Workspace,
  opening: Opening,
  content: Content,
  rootId?: string,
): StoredView {
  const stored = newView(opening, content, rootId);
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
