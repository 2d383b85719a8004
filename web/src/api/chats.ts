import type { CallOptions } from "./client";
import { call, segment } from "./client";
import type { Chat, ChatSettings, Message, Model, NewMessage, SearchResult } from "./types";

export interface Exchange {
    chat: Chat;
    messages: Message[];
}

export interface NewChat {
    id: string;
    model?: string;
    settings?: ChatSettings;
    message: NewMessage;
}

export type ChatChanges = Partial<Pick<Chat, "title" | "pinned" | "model" | "settings" | "leaf">>;

export const chats = {
    list: (before?: string) =>
        call<{ chats: Chat[]; next?: string | null }>(
            "GET",
            `chats?limit=60${before === undefined ? "" : `&before=${segment(before)}`}`,
        ),
    get: (id: string) => call<Exchange>("GET", `chats/${segment(id)}`),
    create: (chat: NewChat) => call<Exchange>("POST", "chats", chat),
    change: (id: string, changes: ChatChanges) => call<Chat>("PATCH", `chats/${segment(id)}`, changes),
    remove: (id: string) => call<void>("DELETE", `chats/${segment(id)}`),
    restore: (id: string) => call<Chat>("POST", `chats/${segment(id)}/restore`),
    askForTitle: (id: string) => call<void>("POST", `chats/${segment(id)}/title`),
    stopTitle: (id: string) => call<void>("DELETE", `chats/${segment(id)}/title`),
    search: (text: string, options?: CallOptions) =>
        call<{ results: SearchResult[] }>("GET", `search?limit=20&q=${segment(text)}`, undefined, options),
};

export const messages = {
    send: (chat: string, message: NewMessage) =>
        call<Exchange>("POST", `chats/${segment(chat)}/messages`, message),
    regenerate: (id: string, model?: string) =>
        call<Exchange>("POST", `messages/${segment(id)}/regenerate`, model === undefined ? {} : { model }),
    goOn: (id: string) => call<Exchange>("POST", `messages/${segment(id)}/continue`, {}),
    stop: (id: string) => call<Message>("POST", `messages/${segment(id)}/stop`, {}),
};

export const models = {
    list: () => call<{ models: Model[] }>("GET", "models"),
    wake: (id: string) => call<void>("POST", `models/${segment(id)}/wake`, {}),
};

export async function transcribe(recording: Blob, language: string): Promise<string> {
    const form = new FormData();
    form.append("file", recording, recording.type.includes("mp4") ? "speech.mp4" : "speech.webm");
    form.append("language", language);
    return (await call<{ text: string }>("POST", "transcriptions", form)).text;
}
