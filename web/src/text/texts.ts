import type { Language } from "../app/preferences";
import { currentLanguage, useLanguage } from "../app/preferences";
import type { Texts } from "./en";
import { en } from "./en";
import { zh } from "./zh";

const all: Record<Language, Texts> = { en, zh };

/** The site's words in the reader's language; a change of language shows at once. */
export const useTexts = (): Texts => all[useLanguage()];

/** The same outside of React's functions. */
export const textsNow = (): Texts => all[currentLanguage()];

/** What a failed call says to the reader: the words for its code, or the server's own where there are none. */
export function wordsFor(error: { code: string; message: string }): string {
    const { errors } = textsNow();
    return errors[error.code as keyof typeof errors] ?? error.message;
}
