import { call, segment } from "./client";

export type Audience = "anyone" | "accounts";

export interface Share {
    id: string;
    token: string;
    audience: Audience;
    created: number;
    expires?: number | null;
    messages: number;
}

export interface SharedChat {
    title: string;
    created: number;
    model: string;
    license?: string | null;
    messages: { role: "user" | "assistant"; content: string }[];
}

export const sharing = {
    list: (chat: string) => call<{ shares: Share[] }>("GET", `chats/${segment(chat)}/shares`),
    create: (chat: string, audience: Audience, expires: number | undefined) =>
        call<Share>("POST", `chats/${segment(chat)}/shares`, { audience, expires }),
    revoke: (share: string) => call<void>("DELETE", `shares/${segment(share)}`),
    read: (token: string) => call<SharedChat>("GET", `shared/${segment(token)}`),
};

export const exportAddress = (chat: string, format: "json" | "markdown" | "text") =>
    `/api/chats/${segment(chat)}/export?format=${format}`;
