import type { Phase } from '../schedule/fault.ts';

/** What becomes of something at a point: it goes on, at once or later, or its connection ends. */
export type Verdict = 'go' | 'drop';

/** Asked at every point that one bot comes to. */
export type AtPoint = (point: string, phase: Phase) => Verdict | Promise<Verdict>;
