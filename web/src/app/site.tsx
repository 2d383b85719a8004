import type { ComponentType } from "react";
import { Suspense, useEffect } from "react";
import { ChatPage } from "../chat/chat-page";
import { InsecureNotice } from "../pages/insecure-notice";
import { Toasts } from "../parts/toasts";
import { Failure, Waiting } from "../parts/states";
import { useTexts } from "../text/texts";
import type { Session } from "../api/types";
import { lazily } from "./lazily";
import { PageBoundary } from "./page-boundary";
import type { Route } from "./router";
import { navigate, routeOf, usePath } from "./router";
import { loadSession, useSessionState } from "./session";

// The chat page comes with the entry, because it is what people open; the others come together when one is opened.
const others = () => import("../pages");
const SignInPage = lazily(others, (part) => part.SignInPage);
const SetUpPage = lazily(others, (part) => part.SetUpPage);
const InvitationPage = lazily(others, (part) => part.InvitationPage);
const SettingsPage = lazily(others, (part) => part.SettingsPage);
const SharedPage = lazily(others, (part) => part.SharedPage);
const AdminPage = lazily(() => import("../pages/admin-page"), (part) => part.default);

const pages: Partial<Record<Route["page"], { page: ComponentType; needsAccount: boolean }>> = {
    signin: { page: SignInPage, needsAccount: false },
    setup: { page: SetUpPage, needsAccount: false },
    invite: { page: InvitationPage, needsAccount: false },
    settings: { page: SettingsPage, needsAccount: true },
    admin: { page: AdminPage, needsAccount: true },
};

/** Chooses the page by the address and by who is signed in. */
export function Site() {
    const state = useSessionState();
    const route = routeOf(usePath());
    const texts = useTexts();
    return (
        <>
            {state.kind === "loading" && <Waiting />}
            {state.kind === "unreachable" && (
                <Failure
                    title={texts.common.unreachable}
                    text={texts.common.unreachableText}
                    action={texts.common.tryAgain}
                    onAction={() => void loadSession()}
                />
            )}
            {state.kind === "known" && (
                <PageBoundary key={route.page}>
                    <Suspense fallback={<Waiting />}>
                        <Page route={route} session={state.session} />
                    </Suspense>
                </PageBoundary>
            )}
            <InsecureNotice />
            <Toasts />
        </>
    );
}

function Page({ route, session }: { route: Route; session: Session }) {
    const isSignedIn = Boolean(session.account);
    useEffect(() => {
        if (isSignedIn && route.page === "signin") navigate("/", { replace: true });
    }, [isSignedIn, route.page]);

    // Whoever has to sign in does so at the address that they asked for, and sees it afterwards.
    if (route.page === "chat") {
        return isSignedIn ? <ChatPage chat={route.chat} /> : <SignInPage />;
    }
    if (route.page === "shared") return <SharedPage key={route.token} token={route.token} />;
    const entry = pages[route.page];
    if (entry === undefined) return <Missing />;
    if (entry.needsAccount && !isSignedIn) return <SignInPage />;
    return <entry.page />;
}

function Missing() {
    const texts = useTexts();
    return (
        <Failure
            title={texts.common.missing}
            text={texts.common.missingText}
            action={texts.common.toStart}
            onAction={() => navigate("/")}
        />
    );
}
