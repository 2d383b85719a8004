import type { Delta, Message } from "../../api/types";
import { hasEndedSince } from "./endings";
import type { Messages } from "./tree";

export const isFinal = ({ state }: Message) => state === "done" || state === "stopped" || state === "failed";

/** A message with the next piece of its text; nothing if the piece does not fit: then the message is read anew. */
export function withDelta(message: Message, { at, text }: Delta): Message | undefined {
    const { content } = message;
    if (at === content.length) return { ...message, content: content + text, state: "running" };
    // A piece that is there already came twice, around a snapshot.
    if (at + text.length <= content.length && content.startsWith(text, at)) return message;
    if (at < content.length && text.startsWith(content.slice(at))) {
        return { ...message, content: content.slice(0, at) + text, state: "running" };
    }
    return undefined;
}

/**
 * Takes in messages as a call answered them. What the event stream brought meanwhile may be further on, and then stays.
 * `mark`: the endings that were known when the call was made.
 */
export function withAnswers(messages: Messages, answers: readonly Message[], mark: number): Messages {
    const merged = new Map(messages);
    for (const answer of answers) {
        const known = merged.get(answer.id);
        const isBehind = known !== undefined && !isFinal(answer)
            && (known.content.length > answer.content.length || isFinal(known) && hasEndedSince(answer.id, mark));
        if (!isBehind) merged.set(answer.id, answer);
    }
    return merged;
}
