import type { z } from 'zod';

/** One broken rule: Slack's, or this project's own. */
export type Violation = {
  /** The place, for example `blocks[2].elements[0].text.text`. */
  readonly path: string;
  readonly rule: string;
  /** Slack's error; undefined if Slack accepts the payload all the same. */
  readonly slackError: string | undefined;
};

/** Marks an issue as a rule of this project that Slack does not enforce. */
export const HOUSE_RULE = { house: true };

/** Marks an issue with Slack's own error. */
export function slackError(error: string): { slackError: string } {
  return { slackError: error };
}

/** Turns zod's issues into violations. Issues without their own mark get `defaultError`. */
export function violationsOf(error: z.ZodError | undefined, defaultError: string): Violation[] {
  return (error?.issues ?? []).map((issue) => ({
    path: pathText(issue.path),
    rule: issue.message,
    slackError: markOf(issue, defaultError),
  }));
}

function markOf(issue: z.core.$ZodIssue, defaultError: string): string | undefined {
  const params = issue.code === 'custom' ? issue.params : undefined;
  if (params?.['house'] === true) return undefined;
  const own: unknown = params?.['slackError'];
  return typeof own === 'string' ? own : defaultError;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
