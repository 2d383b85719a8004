/** The platform's last hour, as the server sends it and as charts draw it. */
export interface HistoryPoint {
    time: number;
    services: Record<string, {
        instances: number;
        starting: number;
        queued: number;
        inFlight: number;
        tokensPerSecond: number;
    }>;
    /** Spent since the point before, by currency, in its unit. */
    cost?: Record<string, number>;
}

export interface History {
    /** Seconds from one point to the next. */
    interval: number;
    points: HistoryPoint[];
}

export interface Series {
    name: string;
    values: (number | null)[];
}

export type Measure = "instances" | "queued" | "tokensPerSecond";

/** One line for each service; null, where the service did not exist, is a gap in its line. */
export function series(history: History, measure: Measure): Series[] {
    const names = new Set<string>();
    for (const point of history.points) for (const name of Object.keys(point.services)) names.add(name);
    return [...names].sort().map((name) => ({
        name,
        values: history.points.map((point) => {
            const service = point.services[name];
            if (!service) return null;
            return measure === "instances" ? service.instances + service.starting : service[measure];
        }),
    }));
}

/** What was spent since the first point, growing, one line for each currency; none where nothing has a price. */
export function spent(history: History): Series[] {
    const currencies = new Set(history.points.flatMap((point) => Object.keys(point.cost ?? {})));
    return [...currencies].sort().map((currency) => {
        let sum = 0;
        return { name: currency, values: history.points.map((point) => (sum += point.cost?.[currency] ?? 0)) };
    });
}
