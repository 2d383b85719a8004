import { call } from "./client";
import type { Account, Preferences, Session } from "./types";

/** One place where an account is signed in. */
export interface SignedIn {
    id: string;
    created: number;
    lastUsed: number;
    agent: string;
    address: string;
    current: boolean;
}

export const accounts = {
    session: () => call<Session>("GET", "session"),
    signIn: (name: string, password: string) => call<Account>("POST", "session", { name, password }),
    setUp: (token: string, name: string, password: string) => call<Account>("POST", "setup", { token, name, password }),
    create: (name: string, password: string, invitation?: string) =>
        call<Account>("POST", "accounts", { name, password, invitation }),
    signOut: () => call<void>("DELETE", "session"),
    change: (changes: { displayName?: string; preferences?: Preferences }) =>
        call<Account>("PATCH", "account", changes),
    changePassword: (current: string, next: string) => call<void>("POST", "account/password", { current, new: next }),
    sessions: () => call<{ sessions: SignedIn[] }>("GET", "sessions"),
    signOutEverywhere: () => call<void>("DELETE", "sessions"),
    remove: (password: string) => call<void>("DELETE", "account", { password }),
    /** `archive` is what `/api/export` gave. */
    importChats: (archive: unknown) => call<{ chats: number }>("POST", "import", archive),
};
