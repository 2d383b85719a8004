import type { Chat } from "../../api/types";

export type Day = "pinned" | "today" | "yesterday" | "week" | "month" | { year: number; month: number };

export interface DayGroup {
    day: Day;
    chats: Chat[];
}

/** Chats as the sidebar shows them: pinned ones, then by the reader's own calendar days, newest first. */
export function byDay(chats: Iterable<Chat>, now: Date): DayGroup[] {
    const sorted = [...chats].sort((one, other) => {
        return Number(other.pinned) - Number(one.pinned) || other.updated - one.updated || (one.id < other.id ? -1 : 1);
    });
    const groups: DayGroup[] = [];
    let lastKey: string | undefined;
    for (const chat of sorted) {
        const day = chat.pinned ? "pinned" : dayOf(new Date(chat.updated), now);
        const key = typeof day === "string" ? day : `${day.year}-${day.month}`;
        if (key !== lastKey) groups.push({ day, chats: [] });
        groups[groups.length - 1]?.chats.push(chat);
        lastKey = key;
    }
    return groups;
}

export function dayOf(time: Date, now: Date): Day {
    const midnight = (daysAgo: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
    if (time >= midnight(0)) return "today";
    if (time >= midnight(1)) return "yesterday";
    if (time >= midnight(7)) return "week";
    if (time >= midnight(30)) return "month";
    return { year: time.getFullYear(), month: time.getMonth() };
}
