import { Store, useStore } from "../../app/store";

// What was typed and not sent yet, for each chat, and what was sent and has not arrived: nothing is lost by a reload or
// a look at another chat.

const draftPrefix = "pronk.draft.";
const unsentPrefix = "pronk.unsent.";
const ownerKey = "pronk.drafts-of";
const nameOf = (chat: string | undefined) => chat ?? "new";

const drafts = new Store<Readonly<Record<string, string>>>({});

function stored(key: string): string {
    try {
        return localStorage.getItem(key) ?? "";
    } catch {
        return "";
    }
}

function store(key: string, text: string) {
    try {
        if (text === "") localStorage.removeItem(key);
        else localStorage.setItem(key, text);
    } catch {
        // Private windows may refuse, and storage may be full; then a draft lives as long as the page.
    }
}

export function useDraft(chat: string | undefined): string {
    const name = nameOf(chat);
    return useStore(drafts)[name] ?? (stored(draftPrefix + name) || stored(unsentPrefix + name));
}

export function setDraft(chat: string | undefined, text: string) {
    const name = nameOf(chat);
    drafts.update((all) => ({ ...all, [name]: text }));
    store(draftPrefix + name, text);
    if (text === "") store(unsentPrefix + name, "");
}

export const keepUnsent = (chat: string | undefined, text: string) => store(unsentPrefix + nameOf(chat), text);
export const forgetUnsent = (chat: string | undefined) => store(unsentPrefix + nameOf(chat), "");

/** Nobody else who signs in at this browser shall read them. */
export function dropDraftsOfOthers(account: string) {
    if (stored(ownerKey) === account) return;
    drafts.set({});
    try {
        for (const key of Object.keys(localStorage)) {
            if (key.startsWith(draftPrefix) || key.startsWith(unsentPrefix)) localStorage.removeItem(key);
        }
    } catch {
        // Nothing was kept then.
    }
    store(ownerKey, account);
}
