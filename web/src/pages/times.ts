/** Moments in the reader's language. */
export function moment(time: number, locale: string): string {
    return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

export function date(time: number, locale: string): string {
    return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(time);
}

/** "5 minutes ago", "in 3 days": the largest unit that fills at least one. */
export function relative(time: number, now: number, locale: string): string {
    const seconds = (time - now) / 1000;
    const sizes: [Intl.RelativeTimeFormatUnit, number][] = [
        ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60],
    ];
    const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
    for (const [unit, size] of sizes) {
        if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
    }
    return format.format(0, "second");
}
