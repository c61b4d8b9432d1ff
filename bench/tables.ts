/** What a series is called in a table, by its name. */
export type Rows = Readonly<Record<string, string>>;

export const OURS: Rows = {
  read: 'read',
  plan: 'plan',
  execute: 'execute',
  preview0: 'whole preview, 0 ms a page',
  preview50: 'whole preview, 50 ms',
  preview200: 'whole preview, 200 ms',
  confirm: 'whole confirm',
  secondPreview: 'second preview, nothing changed, 0 ms',
  previewWithLogin50: 'whole preview with a login, 50 ms',
  defaults0: 'whole preview at default settings, 0 ms',
  defaults50: 'whole preview at default settings, 50 ms',
};

/** A table in Markdown; the first row is its header. */
export function table([header = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

export function milliseconds(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? '—' : number(ms);
}

/** Three digits that mean something. */
export function number(value: number): string {
  if (Number.isNaN(value)) return '—';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
