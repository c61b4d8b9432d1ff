const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/**
 * The weekday three days from now in UTC, at least two days away in every time zone: a schedule or a freeze on that day neither
 * begins nor ends while a test runs, whenever that is.
 */
const number = (new Date().getUTCDay() + 3) % NAMES.length;

/** Its name in `SYNC_FREEZE`. */
export const FAR_WEEKDAY = NAMES[number] ?? 'Sun';
/** A weekly `SYNC_SCHEDULE`. Its last due time was days ago, so a bot without runs serves that one when it starts. */
export const FAR_SCHEDULE = `0 2 * * ${number}`;
