import { useEffect, useState } from "react";
import type { SharedChat } from "../api/sharing";
import { sharing } from "../api/sharing";
import { ApiError } from "../api/client";
import { useLanguage } from "../app/preferences";
import { Link } from "../app/router";
import { useSession } from "../app/session";
import { IconButton } from "../parts/button";
import { Logo } from "../parts/icon";
import { Failure, Waiting } from "../parts/states";
import { Transcript } from "../share/transcript";
import { useTexts } from "../text/texts";
import { Gate } from "./account/gate";
import { GoToChat } from "./account/go-to-chat";
import { usePageTitle } from "./page-title";
import SignInPage from "./sign-in-page";
import { date } from "./times";

type State = { kind: "loading" | "gone" | "unreachable" | "members" } | { kind: "there"; chat: SharedChat };

/** A chat that somebody shared, for whoever has its link. */
export default function SharedPage({ token }: { token: string }) {
    const { common, shared } = useTexts();
    const isSignedIn = Boolean(useSession().account);
    const [state, setState] = useState<State>({ kind: "loading" });
    const [tries, setTries] = useState(0);

    useEffect(() => {
        let isGone = false;
        sharing.read(token).then(
            (chat) => isGone || setState({ kind: "there", chat }),
            (failure: unknown) => isGone || setState({ kind: kindOf(failure) }),
        );
        return () => {
            isGone = true;
        };
    }, [token, isSignedIn, tries]);

    switch (state.kind) {
        case "loading": return <Waiting />;
        case "there": return <SharedConversation chat={state.chat} />;
        case "gone": return <Gate title={shared.goneTitle} lead={shared.goneLead}><GoToChat /></Gate>;
        case "members": return <SignInPage title={shared.signInTitle} lead={shared.signInLead} />;
        case "unreachable": return (
            <Failure
                title={common.unreachable}
                text={common.unreachableText}
                action={common.tryAgain}
                onAction={() => setTries(tries + 1)}
            />
        );
    }
}

function kindOf(failure: unknown): "gone" | "unreachable" | "members" {
    if (!(failure instanceof ApiError)) throw failure;
    if (failure.status === 401) return "members";
    return failure.status >= 400 && failure.status < 500 ? "gone" : "unreachable";
}

function SharedConversation({ chat }: { chat: SharedChat }) {
    const { shared } = useTexts();
    const language = useLanguage();
    usePageTitle(chat.title);
    return (
        <div className="shared">
            <header className="shared-bar">
                <Link to="/" className="shared-brand"><Logo size={26} />Pronk</Link>
                <div className="actions">
                    <IconButton icon="print" label={shared.print} onClick={() => print()} />
                    <Link to="/" className="button">{shared.startChat}</Link>
                </div>
            </header>
            <main className="shared-body">
                <header className="shared-head">
                    <h1>{chat.title}</h1>
                    <p>{shared.by(chat.model, date(chat.created, language))}</p>
                </header>
                {chat.messages.length === 0
                    ? <p className="soft">{shared.empty}</p>
                    : <Transcript turns={chat.messages} />}
            </main>
            <footer className="shared-foot">
                <span>{shared.snapshot}</span>
                {chat.license && <span className="licence">{chat.license}</span>}
            </footer>
        </div>
    );
}
