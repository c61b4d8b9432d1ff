import { newId, type StoredView, type Workspace } from './workspace.ts';

type Content = StoredView['view'];

/** The user who opens a view, and the trigger; a Home tab needs no trigger. */
type Opening = { readonly user: string; readonly triggerId?: string };

/** Creates a view that is not shown yet. */
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

/** A view in the form of the Web API and of interaction payloads. */
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
