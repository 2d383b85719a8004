import type { ServerEvent } from "../../api/events";
import { EventStream } from "../../api/events";
import { reportSignedOut } from "../../api/client";
import type { Message, Progress } from "../../api/types";
import { Store } from "../../app/store";
import { chatList, dropChat, loadChats, putChat } from "./chat-list";
import type { Conversation } from "./conversation";
import { conversation, loadOpen, updateOpen } from "./conversation";
import { noteEnding } from "./endings";
import { heardNext } from "./estimate";
import { withDelta } from "./merge";
import { adoptModels } from "./models";

/** Whether the event stream is open; pages say so when it is not. */
export const isConnected = new Store(true);
/** The last answer that ended while somebody looked at it, for those who listen to the page. */
export const lastFinished = new Store<Message | undefined>(undefined);

/** After one piece that did not fit, others follow; all of them are mended by one new beginning. */
const mendMilliseconds = 1_000;
let lastMend = -Infinity;
let stream: EventStream | undefined;

/** Brings what happens on the server into the stores, for as long as the chat page is shown. */
export function followServer(): () => void {
    stream = new EventStream({
        onEvents: (events) => events.forEach(apply),
        onReopen: () => {
            void loadChats();
            const open = conversation.get();
            if (open !== undefined && !open.pending?.isNewChat) void loadOpen(open.id);
        },
        onConnected: (isOpen) => isConnected.set(isOpen),
    });
    const started = stream;
    return () => {
        started.stop();
        isConnected.set(true);
    };
}

function apply(event: ServerEvent) {
    switch (event.type) {
        case "models":
            return adoptModels(event.data.models);
        case "snapshot":
        case "end":
            return applyMessage(event.data.message, event.type === "end");
        case "delta": {
            const { data } = event;
            return updateOpen(data.chat, (now) => {
                const known = now.messages.get(data.message);
                const next = known && withDelta(known, data);
                if (next === undefined) mend();
                if (next === undefined || next === known) return now;
                return { ...now, messages: new Map(now.messages).set(next.id, next), waiting: without(now, next.id) };
            });
        }
        case "progress":
            return applyProgress(event.data);
        case "chat": {
            const { chat } = event.data;
            putChat(chat);
            return updateOpen(chat.id, (now) => {
                // Another tab's new question is in no event; only its answer is.
                const isUnknown = chat.leaf && !now.messages.has(chat.leaf) && now.pending === undefined;
                if (isUnknown && now.state === "ready") void loadOpen(chat.id);
                return { ...now, chat };
            });
        }
        case "removed":
            dropChat(event.data.chat);
            return updateOpen(event.data.chat, (now) => ({ ...now, state: "missing" }));
        case "signedOut":
            return reportSignedOut();
    }
}

function applyMessage(message: Message, isEnd: boolean) {
    if (isEnd) noteEnding(message.id);
    updateOpen(message.chat, (now) => {
        const { parent } = message;
        const isPlaced = !parent || now.messages.has(parent) || parent === now.pending?.question.id;
        if (!isPlaced && now.state === "ready") void loadOpen(message.chat);
        const messages = new Map(now.messages).set(message.id, message);
        return { ...now, messages, waiting: isEnd ? without(now, message.id) : now.waiting };
    });
    if (!isEnd) return;
    if (conversation.get()?.id === message.chat) lastFinished.set(message);
    const chat = chatList.get().chats.get(message.chat);
    if (chat?.running) putChat({ ...chat, running: false });
}

function applyProgress(progress: Progress) {
    updateOpen(progress.chat, (now) => {
        const before = now.waiting.get(progress.message)?.heard;
        const isStarting = progress.state === "starting" || progress.state === "queued" || progress.state === "asleep";
        const heard = isStarting
            ? heardNext(before, progress.percent ?? 0, progress.remaining ?? undefined, performance.now())
            : undefined;
        const { state, queued } = progress;
        return { ...now, waiting: new Map(now.waiting).set(progress.message, { state, queued, heard }) };
    });
}

function without(now: Conversation, message: string): Conversation["waiting"] {
    if (!now.waiting.has(message)) return now.waiting;
    const waiting = new Map(now.waiting);
    waiting.delete(message);
    return waiting;
}

function mend() {
    if (performance.now() - lastMend < mendMilliseconds) return;
    lastMend = performance.now();
    // The stream's first events are all answers in progress, whole; opening again also reads the chat anew.
    queueMicrotask(() => stream?.restart());
}
