/** Words of the modal in which users are left out of a plan, and of a plan from which some were. */
export const adjust = {
  by: (actor: string) => `Adjusted by ${actor}`,
  modalTitle: 'Adjust the Plan',
  submit: 'Leave Out',
  close: 'Go Back',
  explain:
    'Whoever is left out stays as they are now, and the next preview lists them again. Nothing is executed yet: the ' +
    'shorter plan takes the place of this one and waits to be confirmed.',
  emailsLabel: 'Emails to Leave Out',
  emailsHint: (longest: number) =>
    `One per line, or with commas, semicolons or blanks between them. At most ${longest} characters; to leave out more, ` +
    'press Adjust once more afterwards.',
  actionsLabel: 'Changes to Leave Out',
  action: {
    add: (n: number) => `No additions this time (${n})`,
    reactivate: (n: number) => `No reactivations this time (${n})`,
    deactivate: (n: number) => `No deactivations this time (${n})`,
  },
  nothingGiven: 'Enter at least one email here, or tick a box below.',
  tooLong: (email: string, longest: number) =>
    `No email has more than ${longest} characters. Put a line end or a comma into this one: ${email}`,
  tooMany: (n: number, most: number) => `These are ${n} emails. Leave out up to ${most} at once.`,
};
