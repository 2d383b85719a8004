/** How long links stay valid, as offered for shared chats and invitations. */
export const lifetimes = ["hour", "day", "week", "month", "never"] as const;

export type Lifetime = typeof lifetimes[number];

const hour = 3_600_000;
const lengths: Record<Exclude<Lifetime, "never">, number> = {
    hour, day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour,
};

/** The end in milliseconds since 1970; undefined: none. */
export function end(lifetime: Lifetime, now: number): number | undefined {
    return lifetime === "never" ? undefined : now + lengths[lifetime];
}
