/** What was last heard of a start, and when (milliseconds of a clock that never goes back). */
export interface Heard {
    percent: number;
    /** Seconds until it is ready, as far as past starts tell. */
    remaining?: number | undefined;
    at: number;
}

export interface Estimate {
    percent: number;
    /** Whole seconds; absent where nothing is known, 0 when it should be ready at any moment. */
    seconds?: number;
    isLate: boolean;
}

/** Seconds in which an unknown start gets through two thirds of what is left. */
const unknownStart = 20;

/**
 * Where a start should be by now. Between two reports it counts on, ever more slowly, and never reaches the end by
 * itself: a bar that stands still looks hung, and one that is full and waits lies.
 */
export function estimate(heard: Heard, now: number): Estimate {
    const passed = Math.max(0, now - heard.at) / 1000;
    const scale = Math.max(heard.remaining ?? unknownStart, 0.5) / 2;
    const left = Math.max(0, 99 - heard.percent);
    const percent = Math.min(99, heard.percent + left * (1 - Math.exp(-passed / scale)) * 0.96);
    if (heard.remaining === undefined) return { percent, isLate: false };
    const seconds = Math.max(0, Math.ceil(heard.remaining - passed));
    return { percent, seconds, isLate: passed > heard.remaining + 2 };
}

/** What is heard next never takes the bar back while the same start goes on. */
export function heardNext(
    before: Heard | undefined, percent: number, remaining: number | undefined, now: number,
): Heard {
    const reached = before === undefined ? 0 : estimate(before, now).percent;
    // Far back means another start: the first instance failed, and a new one is on its way.
    const isSameStart = before !== undefined && percent >= reached - 40;
    return { percent: isSameStart ? Math.max(percent, reached) : percent, remaining, at: now };
}
