import { ApiError } from "./client";
import { models } from "./chats";
import type { Chat, Delta, Message, Model, Progress } from "./types";

/** An event of GET /api/events. */
export type ServerEvent =
    | { type: "models"; data: { models: Model[] } }
    | { type: "snapshot"; data: { message: Message } }
    | { type: "delta"; data: Delta }
    | { type: "progress"; data: Progress }
    | { type: "end"; data: { message: Message } }
    | { type: "chat"; data: { chat: Chat } }
    | { type: "removed"; data: { chat: string } }
    | { type: "signedOut"; data: Record<string, never> };

const types = ["models", "snapshot", "delta", "progress", "end", "chat", "removed", "signedOut"] as const;

/** A page that nobody looks at gives its connection back: HTTP/1.1 allows only six of them to one host. */
const hiddenMilliseconds = 30_000;
const firstRetryMilliseconds = 500;
const longestRetryMilliseconds = 10_000;
/** Pages that are drawn take events once a frame; others at least this often. */
const undrawnMilliseconds = 250;

export interface StreamHandlers {
    /** Events since the last frame, in their order. */
    onEvents: (events: ServerEvent[]) => void;
    /** The stream is open again after it was closed: what happened meanwhile is not known. */
    onReopen: () => void;
    onConnected: (isConnected: boolean) => void;
}

/** Keeps the event stream open while the page is looked at, and hands events on at most once a frame. */
export class EventStream {
    private source: EventSource | undefined;
    private queue: ServerEvent[] = [];
    private isFlushPlanned = false;
    private wasOpen = false;
    private retryMilliseconds = firstRetryMilliseconds;
    private retryTimer: ReturnType<typeof setTimeout> | undefined;
    private hiddenTimer: ReturnType<typeof setTimeout> | undefined;
    private isStopped = false;

    constructor(private readonly handlers: StreamHandlers) {
        document.addEventListener("visibilitychange", this.followVisibility);
        addEventListener("online", this.restart);
        this.open();
    }

    stop() {
        this.isStopped = true;
        document.removeEventListener("visibilitychange", this.followVisibility);
        removeEventListener("online", this.restart);
        clearTimeout(this.hiddenTimer);
        this.close();
    }

    /**
     * Closes and opens again: for whole answers in progress instead of pieces that do not fit, and when the network has
     * come back, where the old connection may have fallen silent without a word.
     */
    readonly restart = () => {
        this.close();
        this.open();
    };

    private open() {
        if (this.isStopped || this.source !== undefined) return;
        const source = new EventSource("/api/events");
        this.source = source;
        source.onopen = () => {
            this.retryMilliseconds = firstRetryMilliseconds;
            this.handlers.onConnected(true);
            if (this.wasOpen) this.handlers.onReopen();
            this.wasOpen = true;
        };
        source.onerror = () => this.failed();
        for (const type of types) {
            source.addEventListener(type, (event) => {
                if (this.source !== source) return;
                this.queue.push({ type, data: JSON.parse((event as MessageEvent<string>).data) } as ServerEvent);
                this.planFlush();
            });
        }
    }

    private close() {
        clearTimeout(this.retryTimer);
        this.source?.close();
        this.source = undefined;
        this.queue = [];
    }

    /** The browser's own way to connect again gives up on some errors and waits long on others; this does not. */
    private failed() {
        this.close();
        this.handlers.onConnected(false);
        this.retryTimer = setTimeout(() => void this.tryAgain(), this.retryMilliseconds);
        this.retryMilliseconds = Math.min(this.retryMilliseconds * 2, longestRetryMilliseconds);
    }

    private async tryAgain() {
        try {
            // An event stream does not tell why it was refused; this call notices when the session has ended.
            await models.list();
        } catch (error) {
            if (error instanceof ApiError && error.status === 401) return;
        }
        this.open();
    }

    private readonly openNow = () => {
        if (this.source !== undefined) return;
        clearTimeout(this.retryTimer);
        this.open();
    };

    private readonly followVisibility = () => {
        clearTimeout(this.hiddenTimer);
        if (document.visibilityState === "hidden") {
            this.hiddenTimer = setTimeout(() => this.close(), hiddenMilliseconds);
        } else {
            this.openNow();
        }
    };

    private planFlush() {
        if (this.isFlushPlanned) return;
        this.isFlushPlanned = true;
        let isDone = false;
        const flush = () => {
            if (isDone) return;
            isDone = true;
            this.isFlushPlanned = false;
            const events = this.queue;
            this.queue = [];
            if (events.length > 0 && !this.isStopped) this.handlers.onEvents(events);
        };
        requestAnimationFrame(flush);
        setTimeout(flush, undrawnMilliseconds);
    }
}
