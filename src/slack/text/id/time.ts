import type { Texts } from '../en.ts';

/** How long something took. */
export const time: Texts['time'] = {
  underASecond: 'kurang dari 1 detik',
  seconds: (seconds) => `${seconds} detik`,
  minutes: (minutes, seconds) => `${minutes} menit ${seconds} detik`,
  hours: (hours, minutes) => `${hours} jam ${minutes} menit`,
};
