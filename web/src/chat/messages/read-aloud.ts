import { Store, useStore } from "../../app/store";

/** Which message is being read, if any. */
const reading = new Store<string | undefined>(undefined);

export const canReadAloud = "speechSynthesis" in window;
export const useReading = () => useStore(reading);

/** Some browsers fall silent in the middle of long texts, so sentences are read one by one. */
const longestPiece = 220;

export function readAloud(message: string, text: string) {
    speechSynthesis.cancel();
    const language = /\p{Script=Han}/u.test(text) ? "zh-CN" : "en";
    const pieces = sentences(text);
    const last = pieces.length - 1;
    pieces.forEach((piece, index) => {
        const utterance = new SpeechSynthesisUtterance(piece);
        utterance.lang = language;
        if (index === last) utterance.onend = () => reading.update((now) => (now === message ? undefined : now));
        utterance.onerror = () => reading.update((now) => (now === message ? undefined : now));
        speechSynthesis.speak(utterance);
    });
    reading.set(pieces.length > 0 ? message : undefined);
}

export function stopReading() {
    reading.set(undefined);
    if (canReadAloud) speechSynthesis.cancel();
}

export function sentences(text: string): string[] {
    const pieces: string[] = [];
    for (const sentence of text.split(/(?<=[.!?。！？；\n])\s*/u)) {
        const last = pieces[pieces.length - 1];
        if (last !== undefined && last.length + sentence.length < longestPiece) {
            pieces[pieces.length - 1] = `${last} ${sentence}`;
        } else if (sentence.trim() !== "") {
            pieces.push(sentence);
        }
    }
    return pieces;
}
