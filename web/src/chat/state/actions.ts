import { ApiError } from "../../api/client";
import type { Exchange } from "../../api/chats";
import { chats, messages } from "../../api/chats";
import type { Chat, ChatSettings, Message } from "../../api/types";
import { navigate } from "../../app/router";
import { uuid } from "../../app/uuid";
import { attempt } from "../../pages/attempt";
import { changeChat, dropChat, putChat } from "./chat-list";
import type { Pending } from "./conversation";
import { adoptExchange, conversation, openChat, updateOpen } from "./conversation";
import { endingsSoFar } from "./endings";
import { forgetUnsent, keepUnsent, setDraft } from "./drafts";
import { newestLeaf } from "./tree";

const firstRetryMilliseconds = 1_000;
const longestRetryMilliseconds = 8_000;

/** Begins a chat with its first question. The page shows it at once; the server hears of it as soon as it can. */
export function startChat(content: string, model: string | undefined, settings: ChatSettings) {
    const id = uuid();
    const time = Date.now();
    const chat: Chat = {
        id, title: firstLine(content), pinned: false, created: time, updated: time, model: model ?? "", settings,
        running: true,
    };
    conversation.set({ id, state: "ready", chat, messages: new Map(), waiting: new Map() });
    navigate(`/c/${id}`);
    void deliver(id, { question: { id: uuid(), content }, isNewChat: true, isOffline: false });
}

/** Asks a question below `parent`; an edited question has the same parent as the old one. */
export function ask(content: string, parent: string | undefined) {
    const open = conversation.get();
    if (open === undefined) return;
    const question = parent === undefined ? { id: uuid(), content } : { id: uuid(), content, parent };
    void deliver(open.id, { question, isNewChat: false, isOffline: false });
}

export function sendAgain() {
    const open = conversation.get();
    if (open?.pending === undefined) return;
    const { error: _, ...pending } = open.pending;
    void deliver(open.id, pending);
}

/** Takes a question back that the server refused, for the composer. */
export function takeBack() {
    const open = conversation.get();
    if (open?.pending === undefined) return;
    const { question, isNewChat } = open.pending;
    setDraft(isNewChat ? undefined : open.id, question.content);
    updateOpen(open.id, (now) => ({ ...now, pending: undefined }));
    if (isNewChat) {
        openChat(undefined);
        navigate("/", { replace: true });
    }
}

/**
 * Sends a question until the server has it. Its id was made here, so the server knows a repeat, and a question whose
 * answer was lost on the way is not asked twice.
 */
async function deliver(id: string, pending: Pending) {
    updateOpen(id, (now) => ({ ...now, pending }));
    const { question, isNewChat } = pending;
    keepUnsent(isNewChat ? undefined : id, question.content);
    const chat = conversation.get()?.chat;
    for (let pause = firstRetryMilliseconds; ; pause = Math.min(pause * 2, longestRetryMilliseconds)) {
        const mark = endingsSoFar();
        try {
            const exchange: Exchange = isNewChat
                ? await chats.create({ id, message: question, ...newChatFields(chat) })
                : await messages.send(id, question);
            forgetUnsent(isNewChat ? undefined : id);
            adoptExchange(id, exchange.chat, exchange.messages, mark);
            return;
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            if (error.code !== "network") {
                const refusal = error;
                updateOpen(id, (now) => ({ ...now, pending: { ...pending, isOffline: false, error: refusal } }));
                return;
            }
        }
        updateOpen(id, (now) => ({ ...now, pending: { ...pending, isOffline: true } }));
        await pauseOrOnline(pause);
    }
}

function newChatFields(chat: Chat | undefined): { model?: string; settings?: ChatSettings } {
    const hasSettings = chat !== undefined && Object.keys(chat.settings).length > 0;
    return { ...(chat?.model ? { model: chat.model } : {}), ...(hasSettings ? { settings: chat.settings } : {}) };
}

function pauseOrOnline(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
        const end = () => {
            clearTimeout(timer);
            removeEventListener("online", end);
            resolve();
        };
        const timer = setTimeout(end, milliseconds);
        addEventListener("online", end);
    });
}

const firstLine = (content: string) => content.trim().split("\n")[0]?.slice(0, 80) ?? "";

async function exchange(id: string, action: () => Promise<Exchange>) {
    await attempt(async () => {
        const mark = endingsSoFar();
        const answer = await action();
        adoptExchange(id, answer.chat, answer.messages, mark);
    });
}

export const regenerate = (message: Message) => exchange(message.chat, () => messages.regenerate(message.id));
export const goOn = (message: Message) => exchange(message.chat, () => messages.goOn(message.id));

export async function stop(message: Message) {
    await attempt(async () => {
        const stopped = await messages.stop(message.id);
        updateOpen(message.chat, (now) => ({ ...now, messages: new Map(now.messages).set(stopped.id, stopped) }));
    });
}

/** Opens the branch through this version of a message, down to its newest end. */
export function showVersion(version: string) {
    const open = conversation.get();
    if (open?.chat === undefined) return;
    const leaf = newestLeaf(open.messages, version);
    if (leaf === undefined) return;
    const chat = { ...open.chat, leaf };
    updateOpen(open.id, (now) => ({ ...now, chat }));
    void attempt(() => chats.change(open.id, { leaf }));
}

/** Changes what the open chat is answered by and how. */
export function changeOpen(changes: { model?: string; settings?: ChatSettings }) {
    const open = conversation.get();
    if (open?.chat === undefined) return;
    const before = open.chat;
    updateOpen(open.id, (now) => (now.chat === undefined ? now : { ...now, chat: { ...now.chat, ...changes } }));
    void changeChat(before, changes).then((isChanged) => {
        if (!isChanged) updateOpen(open.id, (now) => ({ ...now, chat: before }));
    });
}

export async function removeChat(chat: Chat): Promise<boolean> {
    return attempt(async () => {
        await chats.remove(chat.id);
        dropChat(chat.id);
    });
}

export async function restoreChat(id: string) {
    await attempt(async () => putChat(await chats.restore(id)));
}
