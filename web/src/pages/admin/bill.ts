/** The bill as the server sends it: times in microseconds, amounts in ten-thousandths of the currency's unit. */
export interface BillRow {
    day?: string;
    service?: string;
    currency?: string;
    cost: number;
    alwaysOnCost?: number;
    startingMicroseconds: number;
    idleMicroseconds: number;
    busyMicroseconds: number;
    drainingMicroseconds: number;
    requests: number;
    failures: number;
    promptTokens: number;
    cachedTokens: number;
    generatedTokens: number;
    wastedTokens: number;
}

export interface Bill {
    since: number;
    until: number;
    timeZone: string;
    rows: BillRow[];
    totals: BillRow[];
}

export type Grouping = "service" | "day";

type Figures = Omit<BillRow, "day" | "service" | "currency">;

const figures: (keyof Figures)[] = [
    "cost", "alwaysOnCost", "startingMicroseconds", "idleMicroseconds", "busyMicroseconds", "drainingMicroseconds",
    "requests", "failures", "promptTokens", "cachedTokens", "generatedTokens", "wastedTokens",
];

function add(sum: BillRow, row: BillRow): void {
    for (const figure of figures) {
        const value = row[figure];
        if (value !== undefined) sum[figure] = (sum[figure] ?? 0) + value;
    }
}

/** Rows of one service, or of one day, put together; amounts of two currencies never are. */
export function grouped(rows: readonly BillRow[], by: Grouping): BillRow[] {
    const sums = new Map<string, BillRow>();
    for (const row of rows) {
        const key = JSON.stringify([row[by] ?? "", row.currency ?? ""]);
        const sum = sums.get(key);
        if (sum) {
            add(sum, row);
        } else {
            const copy = { ...row };
            delete copy[by === "service" ? "day" : "service"];
            sums.set(key, copy);
        }
    }
    return [...sums.values()].sort((one, other) => by === "day"
        ? (other.day ?? "").localeCompare(one.day ?? "")
        : other.cost - one.cost || (one.service ?? "").localeCompare(other.service ?? ""));
}

/** The part of "always on" that was not spent, 0…1; undefined where nothing has a price. */
export function saved(row: BillRow): number | undefined {
    if (!row.alwaysOnCost) return undefined;
    return Math.max(0, 1 - row.cost / row.alwaysOnCost);
}

export function instanceTime(row: BillRow): number {
    return row.startingMicroseconds + row.idleMicroseconds + row.busyMicroseconds + row.drainingMicroseconds;
}
