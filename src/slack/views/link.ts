import type { Run } from '../../sync/run.ts';

/** The address of a run's message, or undefined where it is not known. */
export type LinkOf = (run: Run) => string | undefined;

const ADDRESS = /^https?:\/\/[^\s|<>"\\]{1,300}$/;

/** `label` as a link to a run's message; undefined where there is no address that can be one. */
export function runLink(linkOf: LinkOf, run: Run, label: string): string | undefined {
  const address = linkOf(run);
  return address !== undefined && ADDRESS.test(address) ? `<${address}|${label}>` : undefined;
}
