/** Figures in the reader's language: amounts, bytes, spans of time. */
export function amount(tenThousandths: number, currency: string | undefined, locale: string): string {
    const value = tenThousandths / 10_000;
    const digits = Math.abs(value) < 1 && value !== 0 ? 4 : 2;
    const shape = { minimumFractionDigits: 2, maximumFractionDigits: digits };
    if (!currency) return new Intl.NumberFormat(locale, shape).format(value);
    try {
        return new Intl.NumberFormat(locale, { ...shape, style: "currency", currency, currencyDisplay: "narrowSymbol" })
            .format(value);
    } catch {
        // The configuration may call its money anything; the browser knows ISO 4217 only.
        return `${new Intl.NumberFormat(locale, shape).format(value)} ${currency}`;
    }
}

export function bytes(count: number, locale: string): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    const power = Math.min(units.length - 1, count < 1000 ? 0 : Math.floor(Math.log10(count) / 3));
    const shape = { style: "unit", unit: units[power], maximumFractionDigits: power > 2 ? 1 : 0 } as const;
    return new Intl.NumberFormat(locale, shape).format(count / 1000 ** power);
}

/** The two largest units: "2d 4h", "3m 5s"; one under a minute. */
export function span(seconds: number, locale: string): string {
    const part = (value: number, unit: string): string =>
        new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }).format(value);
    const whole = Math.floor(seconds);
    const sizes: [string, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const first = sizes.findIndex(([, size]) => whole >= size);
    if (first < 0) return part(Number(seconds.toFixed(1)), "second");
    const parts: string[] = [];
    let rest = whole;
    for (const [unit, size] of sizes.slice(first, first + 2)) {
        const value = Math.floor(rest / size);
        rest -= value * size;
        if (value > 0) parts.push(part(value, unit));
    }
    return parts.join(" ");
}

export function count(value: number, locale: string): string {
    return new Intl.NumberFormat(locale).format(value);
}

export function percent(share: number, locale: string): string {
    return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
}
