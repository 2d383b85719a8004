// What a call answers was true when the server wrote it. An answer that has ended while the call was on its way must
// not seem to go on for ever after, so calls remember which endings they cannot know of.

let count = 0;
const endings = new Map<string, number>();

/** To be read before a call is made. */
export const endingsSoFar = () => count;

/** The event stream has told the end of an answer. */
export function noteEnding(message: string) {
    endings.set(message, ++count);
}

export const hasEndedSince = (message: string, mark: number) => (endings.get(message) ?? 0) > mark;
