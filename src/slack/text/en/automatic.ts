import type { AutoHeld } from '../../../sync/rules/auto-rule.ts';
import { count } from './plan.ts';

/** Words about plans that a rule applies (`SYNC_AUTO`), and the switch of rules. */
export const automatic = {
  decides: (rule: string) =>
    `The rule ${rule} decides within seconds whether to apply this plan. Press Cancel to prevent that.`,
  held: (rule: string, why: string) => `The rule ${rule} did not apply this plan: ${why} An admin decides.`,
  why: {
    paused: 'rules are paused here.',
    rule_changed: 'the rule was changed or removed after the plan was made.',
    frozen: 'executions are frozen.',
    people_needed: 'this target needs several people.',
    guard_tripped: 'it deactivates so many users that a reason is needed.',
    unproven: "the server's list does not prove enough.",
    skipped: "some rows of the server's list could not be used.",
    protected: 'some users who are missing from the server are protected.',
    other_changes: 'it has kinds of changes that the rule does not name.',
    too_many: 'it has more changes than the rule allows.',
    person_waited: 'it replaced a preview that a person had asked for.',
    location_busy: 'another run was changing users there.',
    refused: 'its confirmation was refused. The audit log says why.',
  } satisfies Record<AutoHeld, string>,
  applying: (rule: string) => `Applied by the rule ${rule}. Nobody confirmed it.`,
  applied: (rule: string, when: string) => `Applied by the rule ${rule}, ${when}. Nobody confirmed it.`,
  pausedItself: (target: string, command: string) =>
    `A rule applied this run, so the rules of ${target} were paused. Type ${command} once you know why.`,
  paused: (actor: string, target: string | undefined) =>
    `${actor} paused the rules ${target === undefined ? 'of all targets' : `of ${target}`}. Scheduled previews wait for an admin.`,
  resumed: (actor: string, target: string | undefined) =>
    `${actor} resumed the rules ${target === undefined ? 'of all targets' : `of ${target}`}. They apply again from the next ` +
    'scheduled preview.',
  pausedAlready: (target: string | undefined) =>
    `Rules are already paused for ${target ?? 'all targets'}. Nothing was changed.`,
  notPaused: (target: string | undefined) =>
    target === undefined
      ? 'No rules are paused. Nothing was changed.'
      : `There is no pause for ${target} alone. Nothing was changed. If all targets are paused, resume all.`,
  pause: {
    everywhere: 'all targets',
    heading: '*Paused Rules*',
    byPerson: (target: string, actor: string, when: string, command: string) =>
      `${target}: paused by ${actor}, ${when}. Type ${command} to resume.`,
    failed: (target: string, runId: number, when: string, command: string) =>
      `${target}: paused ${when}, because run ${runId}, which a rule applied, failed. Type ${command} once you know why.`,
    takenBack: (target: string, runId: number, when: string, command: string) =>
      `${target}: paused ${when}, because run ${runId}, which a rule applied, was taken back. Type ${command} once you know why.`,
  },
};

/** Words for an admin who acts alone where more people are needed, or in a freeze. */
export const alone = {
  modalTitle: 'Confirm Alone',
  submit: 'Execute Alone',
  dialogTitle: 'Confirm alone?',
  dialogText:
    'This is for emergencies. All admins are told that you acted alone, and your reason is kept in the audit log.',
  dialogConfirm: 'Go On',
  explain: {
    people:
      'This target needs more people than have confirmed. If you go on, you act alone, and all admins are told.',
    frozen: 'Executions are frozen. If you go on, you act alone, and all admins are told.',
    frozen_and_people:
      'Executions are frozen, and this target needs more people than have confirmed. If you go on, you act alone, and all ' +
      'admins are told.',
  },
  reasonHint: 'Why can this not wait? Your answer is kept with the run, and all admins read it.',
  confirmed: (actor: string) => `*Confirmed alone* by ${actor}.`,
  completed: (actor: string, when: string) => `*Confirmed alone* by ${actor}, completed ${when}.`,
};

/** How long users have been absent, where several days are needed (`SYNC_ABSENCE_DAYS`). */
export const absence = {
  evidence: (days: number, proposed: number, waiting: number) =>
    `${count(proposed + waiting, 'user')} ${proposed + waiting === 1 ? 'is' : 'are'} missing from the server. Missing on ` +
    `${count(days, 'day')} or more, and proposed for deactivation: ${proposed}. On fewer days, not proposed yet: ${waiting}.`,
};
