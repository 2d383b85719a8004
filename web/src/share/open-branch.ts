import type { Message } from "../api/types";

/** From the first message to the leaf, oldest first. A tree that was cut short gives what hangs together. */
export function openBranch(messages: readonly Message[], leaf: string | undefined): Message[] {
    const byID = new Map(messages.map((message) => [message.id, message]));
    const branch: Message[] = [];
    let at = leaf === undefined ? undefined : byID.get(leaf);
    while (at !== undefined && branch.length <= messages.length) {
        branch.push(at);
        at = at.parent ? byID.get(at.parent) : undefined;
    }
    return branch.reverse();
}
