import { ApiError } from "../../api/client";
import { chats as api } from "../../api/chats";
import type { Chat, Message, NewMessage } from "../../api/types";
import { Store } from "../../app/store";
import { putChat } from "./chat-list";
import { endingsSoFar, hasEndedSince } from "./endings";
import type { Heard } from "./estimate";
import { withAnswers } from "./merge";
import type { Messages } from "./tree";

/** A question on its way to the server. It is shown at once, and kept until the server has it. */
export interface Pending {
    question: NewMessage & { id: string };
    /** The chat does not exist on the server yet. */
    isNewChat: boolean;
    /** No connection; it is sent as soon as there is one. */
    isOffline: boolean;
    error?: ApiError;
}

/** How far the start is that an answer waits for. */
export interface Waiting {
    state: string;
    queued: number;
    heard?: Heard | undefined;
}

/** The chat that is open, whole with all its branches. */
export interface Conversation {
    id: string;
    state: "loading" | "ready" | "failed" | "missing";
    chat?: Chat;
    messages: Messages;
    pending?: Pending | undefined;
    waiting: ReadonlyMap<string, Waiting>;
}

export const conversation = new Store<Conversation | undefined>(undefined);

/** Changes the open chat, if it is still this one. */
export function updateOpen(id: string, change: (now: Conversation) => Conversation) {
    conversation.update((now) => (now?.id === id ? change(now) : now));
}

export function openChat(id: string | undefined) {
    if (conversation.get()?.id === id) return;
    if (id === undefined) return conversation.set(undefined);
    conversation.set({ id, state: "loading", messages: new Map(), waiting: new Map() });
    void loadOpen(id);
}

let loads = 0;

/** Reads the open chat anew; what the event stream brought meanwhile stays if it is further on. */
export async function loadOpen(id: string) {
    const load = ++loads;
    const mark = endingsSoFar();
    try {
        const { chat, messages } = await api.get(id);
        putChat(chat);
        updateOpen(id, (now) => {
            if (load !== loads && now.state === "ready") return now;
            const ids = new Set(messages.map((message) => message.id));
            const known = new Map([...now.messages].filter(([known]) => ids.has(known)));
            return { ...now, state: "ready", chat, messages: withAnswers(known, messages, mark) };
        });
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const state = error.status === 404 ? "missing" : "failed";
        updateOpen(id, (now) => (now.state === "ready" && state === "failed" ? now : { ...now, state }));
    }
}

/** `mark`: the endings that were known when the call was made. */
export function adoptExchange(id: string, told: Chat, messages: Message[], mark: number) {
    const isOver = messages.every(({ id: message, role }) => role === "user" || hasEndedSince(message, mark));
    const chat = isOver ? { ...told, running: false } : told;
    putChat(chat);
    updateOpen(id, (now) => ({
        ...now,
        state: "ready",
        chat,
        messages: withAnswers(now.messages, messages, mark),
        pending: messages.some((message) => message.id === now.pending?.question.id) ? undefined : now.pending,
    }));
}
