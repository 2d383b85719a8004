// The values of docs/site-api.md. Times are milliseconds since 1970; what may be absent is optional.

export interface Preferences {
    language?: "en" | "zh";
    theme?: "light" | "dark";
    /** Whether a model may be asked for titles of chats; yes unless false. */
    modelTitles?: boolean;
    presets?: { name: string; text: string }[];
    defaultModel?: string;
}

export interface Account {
    id: string;
    name: string;
    displayName: string;
    role: "admin" | "user";
    created: number;
    preferences: Preferences;
}

export interface Session {
    account?: Account | null;
    needsSetup: boolean;
    signUp: "open" | "invitation" | "closed";
    version: string;
    passwordMinimum: number;
    voice: boolean;
}

export type ModelState = "asleep" | "starting" | "ready" | "queued" | "failed" | "stopped";

export interface Model {
    id: string;
    state: ModelState;
    percent?: number | null;
    /** Seconds until it is ready, as far as past starts tell. */
    remaining?: number | null;
    queued: number;
    instances: number;
    contextLength: number;
    license?: string | null;
    defaultMaxTokens?: number | null;
    failure?: string | null;
}

export interface ChatSettings {
    systemPrompt?: string;
    temperature?: number;
    topP?: number;
    topK?: number;
    maxTokens?: number;
    seed?: number;
    stop?: string[];
}

export interface Chat {
    id: string;
    title: string;
    pinned: boolean;
    created: number;
    updated: number;
    model: string;
    settings: ChatSettings;
    leaf?: string | null;
    running: boolean;
}

export type MessageState = "waiting" | "running" | "done" | "stopped" | "failed";

export interface Message {
    id: string;
    chat: string;
    parent?: string | null;
    role: "user" | "assistant";
    content: string;
    created: number;
    model?: string | null;
    state: MessageState;
    error?: { code: string; message: string } | null;
    finishReason?: "stop" | "length" | null;
    usage?: { prompt: number; cached: number; completion: number } | null;
    timing?: { firstToken: number; total: number } | null;
    /** The oldest message that the model was given, where earlier ones were left out. */
    contextStart?: string | null;
}

export interface NewMessage {
    id?: string;
    parent?: string;
    content: string;
    model?: string;
}

export interface SearchResult {
    chat: Chat;
    message?: string | null;
    snippet: { text: string; hit: boolean }[];
}

export interface Progress {
    message: string;
    chat: string;
    state: ModelState;
    percent?: number | null;
    remaining?: number | null;
    queued: number;
}

export interface Delta {
    message: string;
    chat: string;
    /** Length of the content before this text, in UTF-16 units. */
    at: number;
    text: string;
}
