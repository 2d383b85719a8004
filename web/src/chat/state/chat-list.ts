import { ApiError } from "../../api/client";
import type { ChatChanges } from "../../api/chats";
import { chats as api } from "../../api/chats";
import type { Chat } from "../../api/types";
import { Store } from "../../app/store";
import { attempt } from "../../pages/attempt";

/** The sidebar's chats, as far as they were asked for. */
export interface ChatList {
    chats: ReadonlyMap<string, Chat>;
    next?: string | undefined;
    state: "loading" | "ready" | "failed";
    isLoadingMore: boolean;
}

const empty: ChatList = { chats: new Map(), state: "loading", isLoadingMore: false };

export const chatList = new Store<ChatList>(empty);

export function forgetChats() {
    chatList.set(empty);
}

/** Reads the newest chats; those further down that are known already stay. */
export async function loadChats() {
    try {
        const { chats, next } = await api.list();
        chatList.update((now) => {
            const isFirst = now.state !== "ready";
            const known = isFirst ? [] : [...now.chats.values()].filter((chat) => isBehind(chat, chats));
            return {
                chats: new Map([...chats, ...known].map((chat) => [chat.id, chat])),
                next: isFirst || known.length === 0 ? next ?? undefined : now.next,
                state: "ready",
                isLoadingMore: false,
            };
        });
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        chatList.update((now) => (now.state === "ready" ? now : { ...now, state: "failed" }));
    }
}

/** What was changed before the oldest of the page is not on it; anything else that is missing there is gone. */
function isBehind(chat: Chat, page: Chat[]): boolean {
    const oldest = Math.min(...page.filter(({ pinned }) => !pinned).map(({ updated }) => updated));
    return !chat.pinned && chat.updated < oldest;
}

export async function loadMoreChats() {
    const { next, isLoadingMore } = chatList.get();
    if (next === undefined || isLoadingMore) return;
    chatList.update((now) => ({ ...now, isLoadingMore: true }));
    await attempt(async () => {
        const page = await api.list(next);
        chatList.update((now) => ({
            ...now,
            chats: new Map([...now.chats, ...page.chats.map((chat) => [chat.id, chat] as const)]),
            next: page.next ?? undefined,
        }));
    });
    chatList.update((now) => ({ ...now, isLoadingMore: false }));
}

export function putChat(chat: Chat) {
    chatList.update((now) => ({ ...now, chats: new Map(now.chats).set(chat.id, chat) }));
}

export function dropChat(id: string) {
    chatList.update((now) => {
        const chats = new Map(now.chats);
        chats.delete(id);
        return { ...now, chats };
    });
}

/** Changes a chat here at once; if the server refuses, it is as before, and the reader is told. */
export async function changeChat(chat: Chat, changes: ChatChanges): Promise<boolean> {
    putChat({ ...chat, ...changes });
    const isChanged = await attempt(async () => putChat(await api.change(chat.id, changes)));
    if (!isChanged) putChat(chat);
    return isChanged;
}
