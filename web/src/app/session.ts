import { accounts } from "../api/accounts";
import { ApiError, whenSignedOut } from "../api/client";
import type { Account, Session } from "../api/types";
import { adoptPreferences } from "./preferences";
import { Store, useStore } from "./store";

/** Who is signed in, as far as is known. */
export type SessionState =
    | { kind: "loading" }
    | { kind: "unreachable" }
    | { kind: "known"; session: Session };

const state = new Store<SessionState>({ kind: "loading" });

export const useSessionState = () => useStore(state);

export async function loadSession(): Promise<void> {
    try {
        const session = await accounts.session();
        adoptPreferences(session.account?.preferences);
        state.set({ kind: "known", session });
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (state.get().kind !== "known") state.set({ kind: "unreachable" });
    }
}

/** Takes over an account as it came from signing in, setting up, or a change of the account. */
export function adoptAccount(account: Account) {
    adoptPreferences(account.preferences);
    state.update((now) =>
        now.kind === "known" ? { kind: "known", session: { ...now.session, account, needsSetup: false } } : now,
    );
}

function forgetAccount() {
    adoptPreferences(undefined);
    state.update((now) =>
        now.kind === "known" ? { kind: "known", session: { ...now.session, account: null } } : now,
    );
}

export async function signOut(): Promise<void> {
    await accounts.signOut();
    forgetAccount();
}

whenSignedOut(forgetAccount);

/** The session, once known; pages are only shown then. */
export function useSession(): Session {
    const now = useStore(state);
    if (now.kind !== "known") throw new Error("a page was shown before the session was known");
    return now.session;
}

/** The account, on pages that need one. */
export function useAccount(): Account {
    const { account } = useSession();
    if (!account) throw new Error("a page for accounts was shown to nobody");
    return account;
}
