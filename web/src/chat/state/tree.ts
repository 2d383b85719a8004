import type { Message } from "../../api/types";

export type Messages = ReadonlyMap<string, Message>;

const parentOf = (message: Message) => message.parent ?? undefined;

function children(messages: Messages, parent: string | undefined): Message[] {
    const found = [...messages.values()].filter((message) => parentOf(message) === parent);
    return found.sort((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1));
}

/** The messages from the first one down to `leaf`. Without a leaf, or with an unknown one: down the newest branch. */
export function branch(messages: Messages, leaf: string | null | undefined): Message[] {
    const end = leaf && messages.has(leaf) ? leaf : newestLeaf(messages, undefined);
    const path: Message[] = [];
    const seen = new Set<string>();
    for (let at = end; at !== undefined && !seen.has(at); ) {
        const message = messages.get(at);
        if (message === undefined) break;
        seen.add(at);
        path.push(message);
        at = parentOf(message);
    }
    return path.reverse();
}

/** The last message below `from` if the newest one is taken at every fork; `from` itself where nothing is below. */
export function newestLeaf(messages: Messages, from: string | undefined): string | undefined {
    let at = from;
    for (let depth = 0; depth <= messages.size; depth++) {
        const below = children(messages, at);
        const last = below[below.length - 1];
        if (last === undefined) break;
        at = last.id;
    }
    return at;
}

/** How many versions of each message there are: messages with the same parent and role, oldest first. */
export function siblingsOf(messages: Messages): (message: Message) => string[] {
    const groups = new Map<string, Message[]>();
    const key = (message: Message) => `${parentOf(message) ?? ""} ${message.role}`;
    for (const message of messages.values()) {
        const group = groups.get(key(message));
        if (group === undefined) groups.set(key(message), [message]);
        else group.push(message);
    }
    return (message) => {
        const group = groups.get(key(message)) ?? [message];
        const sorted = [...group].sort((one, other) => one.created - other.created || (one.id < other.id ? -1 : 1));
        return sorted.map(({ id }) => id);
    };
}
